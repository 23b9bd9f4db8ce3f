"""The commands `opsdesk tickets link | links | unlink | watch | watchers | unwatch`, and `opsdesk split | unmerge`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

Messages = Annotated[
    list[str] | None, Option("--message", help="The id of a message; give it for each.")
]


def link(
    ticket: Ticket,
    kind: Annotated[str, Argument(help="child_of, caused_by, duplicates or blocks")],
    other: Annotated[str, Argument(help="The other ticket's key.")],
) -> None:
    """Link a ticket to another one: OPS-7 caused_by OPS-5."""
    run_command(_link(ticket, {"kind": kind, "other": other}))


def links(ticket: Ticket) -> None:
    """List the links of a ticket."""
    run_command(_links(ticket))


def unlink(
    ticket: Ticket, link: Annotated[str, Argument(help="The link's id; see links.")]
) -> None:
    """Remove a link of a ticket."""
    run_command(_delete(f"/v1/tickets/{ticket}/links/{link}", f"{ticket} has this link no more."))


def split(
    ticket: Ticket,
    title: Annotated[str, Argument(help="The title of the new ticket.")],
    messages: Messages = None,
    description: Annotated[
        bool, Option("--description", help="With the description of the ticket.")
    ] = False,
) -> None:
    """Split a ticket: open another one with copies of these messages."""
    body = {"title": title, "messages": messages or [], "description": description}
    run_command(_split(ticket, body))


def unmerge(
    ticket: Ticket, reason: Annotated[str, Option(help="Why they are two requests.")]
) -> None:
    """Ask to separate a merged ticket; another person has to confirm it."""
    run_command(_unmerge(ticket, {"reason": reason}))


def confirm_unmerge(
    ticket: Ticket,
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
    messages: Messages = None,
) -> None:
    """Confirm or decline the separation that somebody else asked for.

    Messages that came to the surviving ticket meanwhile are copied where they are named.
    """
    body: JSON = {"agree": agree, "messages": messages or []}
    run_command(_confirm_unmerge(ticket, body | ({"reason": reason} if reason else {})))


def watch(
    ticket: Ticket,
    person: Annotated[str | None, Option(help="Somebody else of staff.")] = None,
    contact: Annotated[str | None, Option(help="A contact of the customer, by id.")] = None,
) -> None:
    """Watch a ticket, or let somebody else watch it."""
    named = {"person": person, "contact": contact}
    run_command(_watch(ticket, {name: value for name, value in named.items() if value}))


def watchers(ticket: Ticket) -> None:
    """List who watches a ticket."""
    run_command(_watchers(ticket))


def unwatch(
    ticket: Ticket, watcher: Annotated[str, Argument(help="The watcher's id; see watchers.")]
) -> None:
    """Remove a watcher of a ticket."""
    gone = f"They watch {ticket} no more."
    run_command(_delete(f"/v1/tickets/{ticket}/watchers/{watcher}", gone))


def add_commands(app: Typer) -> None:
    """Add these commands to `opsdesk tickets`."""
    for command in (link, links, unlink, watch, watchers, unwatch):
        app.command(command.__name__)(command)


async def _link(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        made = await client.post("intake", f"/v1/tickets/{ticket}/links", body)
    print_line(f"{ticket} {made['in_words']} {made['ticket']}: {made['title']}")


async def _links(ticket: str) -> None:
    async with own_client() as client:
        found = await client.get("intake", f"/v1/tickets/{ticket}/links")
    columns = ("this one", "ticket", "state", "customer", "title", "link")
    names = ("in_words", "ticket", "state", "customer", "title", "id")
    print_table(
        f"Links of {ticket}", columns, ([one[name] for name in names] for one in found["items"])
    )


async def _split(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        new = await client.post("intake", f"/v1/tickets/{ticket}/split", body)
    print_line(
        f"{new['key']} is open, split from {ticket}: {new['priority']}, counted from"
        f" {format_instant(new['opened_at'])}."
    )


async def _unmerge(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        asked = await client.post("intake", f"/v1/tickets/{ticket}/unmerge", body)
    print_line(f"{asked['key']} stays merged until somebody else confirms that it is separated:")
    print_line(f"opsdesk confirm-unmerge {asked['key']}")


async def _confirm_unmerge(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        decided = await client.post("intake", f"/v1/tickets/{ticket}/unmerge/confirm", body)
    print_line(f"{decided['key']} is {decided['state']}.")


async def _watch(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        made = await client.post("intake", f"/v1/tickets/{ticket}/watchers", body)
    print_line(f"{made['person'] or 'Contact ' + str(made['contact_id'])} watches {ticket}.")


async def _watchers(ticket: str) -> None:
    async with own_client() as client:
        found = await client.get("intake", f"/v1/tickets/{ticket}/watchers")
    rows = (
        (
            one["person"],
            one["contact_id"],
            one["added_by"],
            format_instant(one["added_at"]),
            one["id"],
        )
        for one in found["items"]
    )
    print_table(f"Watchers of {ticket}", ("person", "contact", "by", "since", "watcher"), rows)


async def _delete(path: str, done: str) -> None:
    async with own_client() as client:
        await client.delete("intake", path)
    print_line(done)
