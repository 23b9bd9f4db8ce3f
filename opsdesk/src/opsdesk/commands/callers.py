"""The commands `opsdesk caller | phone-note`: who calls, and writing down what they said."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.files import upload_all
from opsdesk.errors import CliError
from opsdesk.session import own_client


def caller(
    who: Annotated[str, Argument(help="A phone number in any notation, or an e-mail address.")],
) -> None:
    """Show who calls, and what is open for them."""
    run_command(_caller(who))


def phone_note(
    title: Annotated[str, Argument(help="What it is about.")],
    contact: Annotated[str, Option("--from", help="Who called: number, e-mail address or id.")],
    description: Annotated[str | None, Option(help="What they said.")] = None,
    opened_at: Annotated[
        str | None, Option(help="When they called, if earlier: 2026-01-07T09:00+01:00.")
    ] = None,
    environment: Annotated[str | None, Option(help="The environment's key.")] = None,
    service: Annotated[str | None, Option(help="The service's key.")] = None,
    priority: Annotated[str | None, Option(help="blocker, critical, major, minor, trivial")] = None,
    files: Annotated[list[Path] | None, Option("--attach", help="A file; may be repeated.")] = None,
) -> None:
    """Open a ticket for somebody who called; promises count from when they did."""
    body = {
        "title": title,
        "channel": "phone",
        "contact": contact,
        "description": description,
        "opened_at": opened_at,
        "environment": environment,
        "service": service,
        "priority": priority,
    }
    given: dict[str, object] = {name: value for name, value in body.items() if value is not None}
    run_command(_phone_note(given, files or []))


def _instant(text: str) -> str:
    """The instant in RFC 3339; in this machine's zone where the text names none. Raises CliError."""
    try:
        return datetime.fromisoformat(text).astimezone().isoformat()
    except ValueError:
        raise CliError(
            f"--opened-at: {text} is no instant; write 2026-01-07T09:00+01:00."
        ) from None


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


async def _caller(who: str) -> None:
    query = {"email": who} if "@" in who else {"phone" if _has_digit(who) else "name": who}
    async with own_client() as client:
        found = await client.get("intake", "/v1/callers", **query)
    if not found["items"]:
        print_line(f"Nobody in the directory has {found['number'] or who}.")
    for one in found["items"]:
        customer = f"{one['customer_name']} ({one['customer']}), {one['timezone']}"
        print_line(f"{one['name']}, {customer}, speaks {one['language']}: {one['contact_id']}")
        print_table(
            f"Open: {one['open_count']}",
            ("ticket", "priority", "state", "assignee", "own", "title"),
            (
                (
                    ticket["key"],
                    ticket["priority"],
                    ticket["state"],
                    ticket["assignee"],
                    "yes" if ticket["is_own"] else "",
                    ticket["title"],
                )
                for ticket in one["tickets"]
            ),
        )
    print_line("Who is on call: opsdesk oncall")


async def _phone_note(body: dict[str, object], files: list[Path]) -> None:
    if "opened_at" in body:
        body["opened_at"] = _instant(str(body["opened_at"]))
    async with own_client() as client:
        if files:
            body["attachments"] = await upload_all(client, files)
        ticket = await client.post("intake", "/v1/tickets", body)
    print_line(
        f"{ticket['key']} is open for {ticket['customer']} since {ticket['opened_at']}:"
        f" {ticket['priority']}."
    )
