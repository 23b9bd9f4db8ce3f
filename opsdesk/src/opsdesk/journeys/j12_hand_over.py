"""J12: what first level cannot resolve reaches delivery manager and product owner, and they say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.steps import format_local, parse_instant
from opsdesk.topic_reader import Record

RECORD = {
    "to": "second_level",
    "seen": "Every second booking is refused with error 1205.",
    "tried": "A restart of the queue.",
    "excluded": "The network and the bank.",
    "asked": "Find the statement that locks the table.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J12. `first_mails` are those about the hand-over; `overdue` are the cases of an hour later."""

    ticket: str
    record: JSON
    first_mails: list[EmailMessage]
    topics: list[Record]
    not_responsible: Problem
    acknowledged: list[JSON]
    overdue: list[JSON]
    overdue_after: list[JSON]
    handed_back: JSON


async def play(context: JourneyContext) -> Result:
    at = await context.settle()
    ticket = await steps.open_ticket(
        context,
        "anna",
        "Bookings are refused",
        environment="acme-prod",
        service="billing",
        priority="critical",
    )
    due_at = (at + timedelta(hours=6)).isoformat()
    await steps.act(context, "anna", ticket, "forward", **RECORD, due_at=due_at)
    await context.settle()
    record = await _get_record(context, ticket)
    first_mails = context.mails_about(ticket)
    _report(context, ticket, record, first_mails)
    not_responsible = await _acknowledge_as_anybody(context, ticket)
    acknowledged = [await _acknowledge(context, "dirk", ticket)]
    overdue = await _let_an_hour_pass(context, ticket, record)
    acknowledged.append(await _acknowledge(context, "pavel", ticket))
    await context.settle()
    overdue_after = await _cases(context, ticket)
    await steps.act(context, "sven", ticket, "hand-back", found="A report locked the table.")
    context.say(f"sven gives {ticket} back with what he found.")
    handed_back = await steps.get_ticket(context, ticket)
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "The report runs at night now.")
    await context.settle()
    return Result(
        ticket,
        record,
        first_mails,
        [
            one
            for one in context.events
            if one.topic in map(context.topic, ("opsdesk.escalations.dm", "opsdesk.escalations.po"))
            and one.body.get("ticket") == ticket
        ],
        not_responsible,
        acknowledged,
        overdue,
        overdue_after,
        handed_back,
    )


async def _get_record(context: JourneyContext, ticket: str) -> JSON:
    records = await context["anna"].get("intake", f"/v1/tickets/{ticket}/hand-overs")
    return dict(records["items"][-1])


def _report(context: JourneyContext, ticket: str, record: JSON, mails: list[EmailMessage]) -> None:
    context.say(f"anna hands {ticket} over to second level, with what she saw, tried and excluded.")
    managers, owners = " and ".join(record["delivery_managers"]), record["product_owners"][0]
    context.say(f"  For Acme answer {managers}, who stands in; for billing answers {owners}.")
    for mail in mails:
        context.say(f"  mail to {mail['X-Envelope-To']}: {mail['Subject']}")


async def _acknowledge_as_anybody(context: JourneyContext, ticket: str) -> Problem:
    """quin of QC may read it, and answers for nothing."""
    path = f"/v1/tickets/{ticket}/hand-overs/1/acknowledge"
    return await context["quin"].post_expecting_problem("intake", path)


async def _acknowledge(context: JourneyContext, person: str, ticket: str) -> JSON:
    record = await steps.act(context, person, ticket, "hand-overs/1/acknowledge")
    roles = [role for role in ("dm", "po") if record[f"{role}_acknowledged_by"] == person]
    context.say(f"{person} acknowledges it as {' and '.join(roles)}.")
    return record


async def _let_an_hour_pass(context: JourneyContext, ticket: str, record: JSON) -> list[JSON]:
    """The product owner has an hour; after it others hear of the silence."""
    by: datetime = parse_instant(record["acknowledge_by"])
    await context.advance_to(by)
    cases = await _cases(context, ticket)
    context.say(f"{format_local(by)}: no word of the product owner, so {cases[0]['key']} is open.")
    return cases


async def _cases(context: JourneyContext, ticket: str) -> list[JSON]:
    """The cases about a hand-over that nobody acknowledged."""
    found = await steps.escalations_of(context, ticket=ticket)
    return [one for one in found if one["trigger"] == "hand_over_unacknowledged"]
