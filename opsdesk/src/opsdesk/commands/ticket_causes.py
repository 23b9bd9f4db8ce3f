"""The commands `opsdesk tickets investigate | end-investigation | detected-by | confirm-detection | time | take-escalation | answer-escalation`."""

from datetime import date
from typing import Annotated

from typer import Argument, Option, Typer

from common.now import now
from opsdesk.api_client import JSON
from opsdesk.commands.acts import given
from opsdesk.commands.console import print_line, print_table, run_command
from opsdesk.commands.references import Ticket
from opsdesk.errors import CliError
from opsdesk.formatting import format_instant
from opsdesk.session import own_client


def investigate(ticket: Ticket) -> None:
    """Start to look for the cause of a ticket."""
    run_command(_investigate(ticket))


def end_investigation(
    ticket: Ticket,
    cause: Annotated[
        str | None, Option(help="The cause; leave it out where it was not found.")
    ] = None,
) -> None:
    """End the search for the cause of a ticket."""
    run_command(_end_investigation(ticket, cause))


def detected_by(
    ticket: Ticket,
    who: Annotated[str, Argument(help="customer, monitoring or ops")],
    reason: Annotated[str, Option(help="How we know.")],
) -> None:
    """Correct who found an incident first; that it was not the customer, another person has to confirm."""
    run_command(_detected_by(ticket, {"detected_by": who, "reason": reason}))


def confirm_detection(
    ticket: Ticket,
    agree: Annotated[bool, Option("--agree/--decline", help="Whether to confirm it.")] = True,
    reason: Annotated[str | None, Option(help="Why.")] = None,
) -> None:
    """Confirm or decline that not the customer found it first, as somebody else says."""
    run_command(_confirm_detection(ticket, given(agree=agree, reason=reason)))


def time_spent(
    ticket: Ticket,
    minutes: Annotated[int | None, Option(help="Minutes of work; without it: a list.")] = None,
    day: Annotated[str | None, Option(help="The date of the work, by default today.")] = None,
    rate: Annotated[str, Option(help="A name of the rate card.")] = "standard",
) -> None:
    """Record time spent on a ticket, or list what is recorded."""
    if minutes is None:
        run_command(_list_time(ticket))
        return
    body = {"ticket": ticket, "minutes": minutes, "day": day or str(_today()), "rate": rate}
    run_command(_record_time(body))


def take_escalation(ticket: Ticket) -> None:
    """Take the escalation of a customer: they see that you answer."""
    run_command(_take_escalation(ticket))


def answer_escalation(
    ticket: Ticket, text: Annotated[str, Argument(help="The answer, which the customer reads.")]
) -> None:
    """Answer the escalation of a customer, by name."""
    run_command(_answer_escalation(ticket, {"text": text}))


def add_commands(app: Typer) -> None:
    """Add these commands to `opsdesk tickets`."""
    app.command("investigate")(investigate)
    app.command("end-investigation")(end_investigation)
    app.command("detected-by")(detected_by)
    app.command("confirm-detection")(confirm_detection)
    app.command("time")(time_spent)
    app.command("take-escalation")(take_escalation)
    app.command("answer-escalation")(answer_escalation)


async def _investigate(ticket: str) -> None:
    async with own_client() as client:
        started = await client.post("intake", f"/v1/tickets/{ticket}/investigations")
    print_line(
        f"You look for the cause of {ticket}. From {format_instant(started['limit_at'])} on"
        " better monitoring is owed."
    )


async def _end_investigation(ticket: str, cause: str | None) -> None:
    body: JSON = {"cause_found": cause is not None} | ({"cause": cause} if cause else {})
    async with own_client() as client:
        address = f"/v1/tickets/{ticket}/investigations"
        found = [one async for one in client.items("intake", address)]
        running = [one for one in found if one["ended_at"] is None]
        if not running:
            raise CliError(f"Nobody looks for the cause of {ticket}: opsdesk tickets investigate")
        ended = await client.post("intake", f"{address}/{running[0]['id']}/end", body)
    owed = " It took long: better monitoring is owed." if ended["long"] else ""
    print_line(f"The search for the cause of {ticket} has ended.{owed}")


async def _detected_by(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        corrected = await client.post("intake", f"/v1/tickets/{ticket}/detection", body)
    _print_finder(corrected)
    if pending := corrected["pending_detection"]:
        print_line(
            f"Somebody else must confirm that it was {pending['detected_by']}:"
            f" opsdesk tickets confirm-detection {corrected['key']}"
        )


async def _confirm_detection(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        decided = await client.post("intake", f"/v1/tickets/{ticket}/detection/confirm", body)
    _print_finder(decided)


def _print_finder(ticket: JSON) -> None:
    print_line(f"{ticket['key']} was found first by: {ticket['detected_by']}.")


async def _list_time(ticket: str) -> None:
    async with own_client() as client:
        entries = [one async for one in client.items("sla", "/v1/time-entries", ticket=ticket)]
    names = ("key", "day", "person", "minutes", "rate", "reason")
    total = sum(one["minutes"] for one in entries)
    rows = ([one[name] for name in names] for one in entries)
    print_table(f"Time spent on {ticket}: {total} minutes", names, rows)


async def _record_time(body: JSON) -> None:
    async with own_client() as client:
        entry = await client.post("sla", "/v1/time-entries", body)
    print_line(
        f"{entry['key']}: {entry['minutes']} minutes of {entry['person']} on {entry['day']}."
    )


async def _take_escalation(ticket: str) -> None:
    async with own_client() as client:
        taken = await client.post("intake", f"/v1/tickets/{ticket}/escalation/take")
    print_line(f"You answer the customer of {ticket} by {format_instant(taken['due_at'])}.")


async def _answer_escalation(ticket: str, body: JSON) -> None:
    async with own_client() as client:
        answered = await client.post("intake", f"/v1/tickets/{ticket}/escalation/answer", body)
    late = ", late" if answered["overdue"] else ""
    print_line(f"The customer of {ticket} has your answer{late}.")


def _today() -> date:
    return now().date()
