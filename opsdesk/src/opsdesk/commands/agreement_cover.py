"""`opsdesk agreements cover | extend | end-cover | comments | comment`: extra hours, and what both sides say."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.formatting import format_instant, parse_instant
from opsdesk.session import own_client

Key = Annotated[str, Argument(help="The agreement's key.")]
Reason = Annotated[str, Argument(help="Why, for the record.")]


def cover(agreement: Key) -> None:
    """List the extra hours of an agreement, around a go-live for example."""
    run_command(_cover(agreement))


def extend(
    agreement: Key,
    reason: Reason,
    start: Annotated[str, Option("--from", help="When the extra hours begin.")],
    end: Annotated[str, Option("--until", help="When they end.")],
    priority: Annotated[list[str] | None, Option(help="Only of these; by default all.")] = None,
) -> None:
    """Add extra hours: open clocks count in them, too."""
    times = {"starts_at": start, "ends_at": end}
    body: JSON = {name: parse_instant(at).isoformat() for name, at in times.items()}
    body |= {"reason": reason, "priorities": priority or []}
    run_command(_extend(agreement, body))


def end_cover(
    agreement: Key,
    extension: Annotated[str, Argument(help="The id of the extra hours.")],
    reason: Reason,
    at: Annotated[str | None, Option(help="From when on; by default now.")] = None,
) -> None:
    """End extra hours early, as another person than who added them."""
    body: JSON = {"reason": reason}
    body |= {} if at is None else {"ends_at": parse_instant(at).isoformat()}
    run_command(_end_cover(agreement, extension, body))


def comments(agreement: Key) -> None:
    """List what both sides said about a version."""
    run_command(_comments(agreement))


def comment(agreement: Key, text: Annotated[str, Argument(help="What you say.")]) -> None:
    """Say something about a version; a customer who signs it reads it."""
    run_command(_comment(agreement, text))


def add_commands(app: Typer) -> None:
    """Add these commands to those about agreements."""
    for command in (cover, extend, comments, comment):
        app.command()(command)
    app.command("end-cover")(end_cover)


async def _cover(key: str) -> None:
    async with own_client() as client:
        path = f"/v1/agreements/{key}/extensions"
        found = [one async for one in client.items("sla", path)]
    columns = ("id", "from", "until", "priorities", "reason", "by", "ended early")
    print_table(f"Extra hours of {key}", columns, (_row(one) for one in found))


async def _extend(key: str, body: JSON) -> None:
    async with own_client() as client:
        extension = await client.post("sla", f"/v1/agreements/{key}/extensions", body)
    times = (format_instant(extension[name]) for name in ("starts_at", "ends_at"))
    print_line(f"{key} has extra hours from {' to '.join(times)}.")


async def _end_cover(key: str, extension: str, body: JSON) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/agreements/{key}/extensions/{extension}/end", body)
    print_line(f"The extra hours of {key} end early.")


async def _comments(key: str) -> None:
    async with own_client() as client:
        found = [one async for one in client.items("sla", f"/v1/agreements/{key}/comments")]
    rows = ((format_instant(o["created_at"]), o["created_by"], o["comment"]) for o in found)
    print_table(f"Comments on {key}", ("at", "by", "comment"), rows)


async def _comment(key: str, text: str) -> None:
    async with own_client() as client:
        await client.post("sla", f"/v1/agreements/{key}/comments", {"comment": text})
    print_line(f"Your comment on {key} is stored.")


def _row(extension: JSON) -> tuple[object, ...]:
    times = format_instant(extension["starts_at"]), format_instant(extension["ends_at"])
    ended = extension.get("ended_from") and format_instant(extension["ended_from"])
    whose = ", ".join(extension["priorities"]) or "all"
    return (
        extension["id"],
        *times,
        whose,
        extension.get("reason"),
        extension.get("created_by"),
        ended,
    )
