"""The commands `opsdesk alerts` and `opsdesk alert-posts list | show`: what monitors said, and what nobody could read."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk import json_output
from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, print_table, run_command
from opsdesk.commands.references import TICKET_HELP, ticket_ref
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

posts = Typer(help="Posts of monitors, as they came.", no_args_is_help=True)
EXCERPT_CHARS = 80
Limit = Annotated[int, Option(min=1, max=200, help="How many, at most.")]


def alerts(
    ticket: Annotated[
        str | None,
        Option(help=f"Of this ticket alone. {TICKET_HELP}", parser=ticket_ref, metavar="TICKET"),
    ] = None,
    firing: Annotated[bool, Option("--firing", help="Only those that still fire.")] = False,
    limit: Limit = 50,
) -> None:
    """List the newest alerts of monitors: whose they are, since when, and whether they still fire."""
    query: JSON = {"ticket": ticket} if ticket else {}
    run_command(_alerts(query | ({"firing": True} if firing else {}), limit))


@posts.command("list")
def list_(
    outcome: Annotated[str, Option(help="unreadable, received or read")] = "unreadable",
    limit: Limit = 50,
) -> None:
    """List the newest posts of monitors, by default those that could not be read."""
    run_command(_posts(outcome, limit))


@posts.command("show")
def show(post: Annotated[str, Argument(help="Its id, as `alert-posts list` shows it.")]) -> None:
    """Show a post of a monitor as it came, and why it could not be read."""
    run_command(_show(post))


async def _alerts(query: JSON, limit: int) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/alerts", limit=limit, **query)
    columns = ("alert", "priority", "of", "monitor", "started", "ended", "posts")
    print_table("Alerts", columns, map(_alert, page["items"]))
    _print_rest(page, limit)


async def _posts(outcome: str, limit: int) -> None:
    async with own_client() as client:
        page = await client.get("intake", "/v1/alert-posts", outcome=outcome, limit=limit)
    columns = ("post", "received", "from", "monitor", "why", "begins")
    print_table("Posts of monitors", columns, map(_post, page["items"]))
    _print_rest(page, limit)


async def _show(post: str) -> None:
    async with own_client() as client:
        shown = await client.get("intake", f"/v1/alert-posts/{post}")
    json_output.emit(shown)
    facts = [
        ("from", shown["source"]),
        ("monitor", shown["monitor"]),
        ("received", format_instant(shown["received_at"])),
        ("outcome", shown["outcome"]),
        ("why", shown["reason"]),
    ]
    print_facts(f"Post {shown['id']}", facts)
    print_line(shown["text"])


def _alert(one: JSON) -> tuple[object, ...]:
    ended = format_instant(one["ended_at"]) if one["ended_at"] else "fires"
    whose = " ".join(filter(None, (one["customer"], one["environment"], one["service"])))
    started = format_instant(one["started_at"])
    return (
        one["title"],
        one["priority"],
        whose or one["scope"],
        one["source"],
        started,
        ended,
        one["times"],
    )


def _post(one: JSON) -> tuple[object, ...]:
    begins = " ".join(one["text"].split())[:EXCERPT_CHARS]
    received = format_instant(one["received_at"])
    return one["id"], received, one["source"], one["monitor"], one["reason"], begins


def _print_rest(page: JSON, limit: int) -> None:
    if page["next"]:
        print_line(f"There are more than these {limit}, which are the newest: --limit shows more.")
