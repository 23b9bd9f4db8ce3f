"""The commands `opsdesk links systems | list | show | add | retry | decide | end`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.session import own_client

app = Typer(help="Tickets linked with ServiceNow, Jira and Zendesk.", no_args_is_help=True)

Link = Annotated[str, Argument(help="The link's id: opsdesk links show OPS-7.")]


@app.command("systems")
def systems() -> None:
    """List the linked systems, and which of them do not answer."""
    run_command(_systems())


@app.command("list")
def list_() -> None:
    """List the links that wait for a person: a conflict, or something that was refused."""
    run_command(_print("/v1/linked-tickets", "Links that wait for a person"))


@app.command("show")
def show_(ticket: Ticket) -> None:
    """List the links of a ticket, with their conflicts."""
    run_command(_print(f"/v1/tickets/{ticket}/linked-tickets", f"Links of {ticket}"))


@app.command("add")
def add(
    ticket: Ticket,
    system: Annotated[str, Argument(help="The system's key.")],
    remote_id: Annotated[str | None, Option(help="Of a ticket that is there already.")] = None,
) -> None:
    """Link a ticket with a system: its counterpart is made there."""
    body = {"system": system} | ({"remote_id": remote_id} if remote_id else {})
    run_command(_post(f"/v1/tickets/{ticket}/linked-tickets", body))


@app.command("retry")
def retry(link: Link) -> None:
    """Send again what the other system refused."""
    run_command(_post(f"/v1/linked-tickets/{link}/retry", {}))


@app.command("decide")
def decide(
    link: Link,
    conflict: Annotated[str, Argument(help="The conflict's id.")],
    decision: Annotated[str, Argument(help="ours, or theirs.")],
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Decide whose value holds in the other system."""
    body = {"decision": decision} | ({"reason": reason} if reason else {})
    run_command(_post(f"/v1/linked-tickets/{link}/conflicts/{conflict}/decide", body))


@app.command("end")
def end(link: Link, reason: Annotated[str, Option(help="Why.")]) -> None:
    """End a link: nothing goes there and nothing comes from there any more."""
    run_command(_post(f"/v1/linked-tickets/{link}/unlink", {"reason": reason}))


async def _systems() -> None:
    async with own_client() as client:
        items = [one async for one in client.items("intake", "/v1/linked-systems")]
    columns = ("system", "kind", "of a", "address", "problem")
    names = ("key", "kind", "party", "base_url", "problem")
    print_table("Linked systems", columns, (tuple(one[name] for name in names) for one in items))


async def _print(path: str, title: str) -> None:
    async with own_client() as client:
        page = await client.get("intake", path)
    columns = ("link", "ticket", "system", "their ticket", "state", "waiting", "failed")
    print_table(title, columns, (_row(one) for one in page["items"]))
    for one in page["items"]:
        for conflict in (found for found in one["conflicts"] if found["decision"] is None):
            print_line(
                f"{conflict['field']}: ours is {conflict['ours']}, theirs is {conflict['theirs']}:"
                f" opsdesk links decide {one['id']} {conflict['id']} ours"
            )


async def _post(path: str, body: JSON) -> None:
    async with own_client() as client:
        one = await client.post("intake", path, body)
    print_line(f"{one['system']} {one['remote_key'] or ''}: {one['state']}, link {one['id']}")


def _row(one: JSON) -> tuple[object, ...]:
    sends = one["sends"]
    return (
        one["id"],
        one["ticket"],
        one["system"],
        one["remote_key"],
        one["state"],
        sends.get("waiting", 0),
        sends.get("failed", 0),
    )
