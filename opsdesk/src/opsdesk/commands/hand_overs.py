"""The commands `opsdesk hand-overs list | acknowledge | check-fix | reference | write`."""

from typing import Annotated

from typer import Argument, Option, Typer

from opsdesk.api_client import JSON
from opsdesk.commands.console import print_facts, print_line, run_command
from opsdesk.commands.references import Ticket
from opsdesk.formatting import format_instant
from opsdesk.session import own_client

app = Typer(help="Hand-overs to second level and partners.", no_args_is_help=True)

Number = Annotated[int, Option(help="The number of the hand-over on the ticket.")]


@app.command("list")
def list_(ticket: Ticket) -> None:
    """Show the hand-over records of a ticket."""
    run_command(_list(ticket))


@app.command("acknowledge")
def acknowledge(ticket: Ticket, number: Number = 1) -> None:
    """Acknowledge a hand-over, as delivery manager or product owner."""
    run_command(_acknowledge(ticket, number))


@app.command("check-fix")
def check_fix(
    ticket: Ticket,
    checked: Annotated[str, Option(help="What you checked.")],
    works: Annotated[bool, Option("--works/--fails", help="Whether the fix works.")],
    number: Number = 1,
) -> None:
    """Check a fix that came back, as another person than who took it back."""
    run_command(_check_fix(ticket, number, {"works": works, "checked": checked}))


@app.command("reference")
def reference(
    ticket: Ticket,
    reference: Annotated[str, Argument(help="The partner's own number.")],
    number: Number = 1,
) -> None:
    """Record the number that the partner gave to a hand-over."""
    run_command(_reference(ticket, number, reference))


@app.command("write")
def write(ticket: Ticket, text: Annotated[str, Argument(help="What to write.")]) -> None:
    """Write to the partner who has the ticket; they get it by e-mail, customers never see it."""
    run_command(_write(ticket, text))


async def _list(ticket: str) -> None:
    async with own_client() as client:
        page = await client.get("intake", f"/v1/tickets/{ticket}/hand-overs")
    records = page["items"]
    for record in records:
        print_facts(f"Hand-over {record['number']} of {ticket}", _facts(record))
    if not records:
        print_line(f"{ticket} was never handed over.")


async def _acknowledge(ticket: str, number: int) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ticket}/hand-overs/{number}/acknowledge"
        record = await client.post("intake", address)
    missing = [
        name
        for name, field in (("delivery manager", "dm"), ("product owner", "po"))
        if record[f"{field}_acknowledged_by"] is None
    ]
    rest = f"; the {' and '.join(missing)} has not yet" if missing else ""
    print_line(f"Hand-over {number} of {ticket} is acknowledged{rest}.")


async def _check_fix(ticket: str, number: int, body: JSON) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ticket}/hand-overs/{number}/check-fix"
        record = await client.post("intake", address, body)
    then = "resolve the ticket" if record["fix_works"] else "forward the ticket again"
    print_line(f"It is recorded. Next: {then}.")


async def _reference(ticket: str, number: int, reference: str) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ticket}/hand-overs/{number}/reference"
        record = await client.post("intake", address, {"reference": reference})
    print_line(f"{record['partner']} has {ticket} as {record['partner_reference']}.")


async def _write(ticket: str, text: str) -> None:
    async with own_client() as client:
        address = f"/v1/tickets/{ticket}/partner-messages"
        message = await client.post("intake", address, {"text": text})
    print_line(f"{message['partner']} gets it by e-mail.")


def _facts(record: JSON) -> list[tuple[str, object]]:
    target = record["partner"] or record["to"].replace("_", " ")
    verdict = {None: None, True: "works", False: "does not work"}[record["fix_works"]]
    return [
        ("to", target),
        ("their reference", record["partner_reference"]),
        ("by", f"{record['by']} {format_instant(record['at'])}"),
        ("asked", record["asked"]),
        ("due", format_instant(record["due_at"])),
        ("seen", record["seen"]),
        ("tried", record["tried"]),
        ("excluded", record["excluded"]),
        ("delivery managers", ", ".join(record["delivery_managers"])),
        ("acknowledged by", record["dm_acknowledged_by"]),
        ("product owners", ", ".join(record["product_owners"])),
        ("and by", record["po_acknowledged_by"]),
        ("came back with", record["found"]),
        ("the fix", verdict and f"{verdict}, says {record['fix_checked_by']}"),
    ]
