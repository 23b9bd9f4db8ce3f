"""J3: a blocker at 3 a.m. on a Sunday, an emergency change, and the debt that it leaves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.gate import CHANGES, GATE, PRODUCTION
from opsdesk.journeys.steps import format_local
from opsdesk.journeys.support_hours import AMSTERDAM, DAY
from opsdesk.topic_reader import Record

SUNDAY = 6
MINUTE = timedelta(minutes=1)
CHANGE_DESCRIPTION = "Switch the invoice queue to the spare disk: the full one stops every invoice."


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J3. `second_change` is the denial of another emergency change while in debt."""

    start: datetime
    ticket: str
    clocks: dict[str, JSON]
    denied_without_blocker: Problem
    denied_same_person: Problem
    second_change: Problem
    denied_after_blocker: Problem
    change: JSON
    environment_in_debt: JSON
    refusal: JSON
    overdue_cases: list[JSON]
    mails: list[EmailMessage]
    delivery: JSON
    settled_change: JSON
    records: list[Record]


async def play(context: JourneyContext) -> Result:
    await gate.close_open_changes(context)
    start = next_sunday_night(await context.settle())
    await context.advance_to(start)
    ticket = await _open_ticket(context)
    denied_without_blocker = await _request_without_blocker(context, ticket)
    await _raise_blocker(context, ticket)
    change, denied_same_person = await _apply_change(context, ticket)
    environment_in_debt = await gate.get_environment(context, PRODUCTION)
    due_at = steps.parse_instant(environment_in_debt["debt"]["due_at"])
    context.say(f"acme-prod is {environment_in_debt['state']} until {format_local(due_at)}.")
    second_change = await _request_without_blocker(context, ticket)
    refusal = await gate.submit(context, await gate.new_version(context), PRODUCTION)
    await _resolve_ticket(context, ticket, start)
    denied_after_blocker = await _request_without_blocker(context, ticket)
    overdue_cases, mails = await _let_debt_fall_due(context, due_at)
    delivery = await gate.settle_debt(context, change["key"])
    await context.settle()
    clocks = await steps.clocks_of(context, ticket)
    steps.report_clocks(context, clocks)
    records = [one for one in context.events if one.body.get("environment") == PRODUCTION]
    steps.report_events(
        context,
        (one for one in records if one.topic.startswith(context.topic("opsdesk.deliveries"))),
    )
    return Result(
        start,
        ticket,
        clocks,
        denied_without_blocker,
        denied_same_person,
        second_change,
        denied_after_blocker,
        change,
        environment_in_debt,
        refusal,
        overdue_cases,
        mails,
        delivery,
        await gate.get_environment(context, PRODUCTION),
        records,
    )


def next_sunday_night(after: datetime) -> datetime:
    """Return 03:00 in Amsterdam on the next Sunday."""
    day = after.astimezone(AMSTERDAM).date() + DAY
    while day.weekday() != SUNDAY:
        day += DAY
    return datetime.combine(day, time(3), AMSTERDAM)


async def _open_ticket(context: JourneyContext) -> str:
    """Open a ticket in the portal, on behalf of jan."""
    body = {
        "title": "No invoice leaves the house",
        "environment": PRODUCTION,
        "impact": "high",
        "urgency": "medium",
    }
    jan = context.clients.portal_client("jan@acme.example")
    ticket = await jan.post("intake", "/v1/tickets", body)
    at = format_local(ticket["opened_at"])
    context.say(f"{at}: jan opens {ticket['key']} in the portal, {ticket['priority']}.")
    await context.settle()
    return str(ticket["key"])


async def _request_without_blocker(context: JourneyContext, ticket: str) -> Problem:
    body = {"environment": PRODUCTION, "ticket": ticket, "description": CHANGE_DESCRIPTION}
    denial = await context["omar"].post_expecting_problem(GATE, CHANGES, body)
    context.say(f"omar asks for an emergency change: {denial.body.get('code')}. {denial.detail}")
    return denial


async def _raise_blocker(context: JourneyContext, ticket: str) -> None:
    """Raise the ticket to blocker: clocks run around the clock, people on call are notified."""
    body = {"priority": "blocker", "reason": "All invoicing of Acme stands still."}
    await context["anna"].post("intake", f"/v1/tickets/{ticket}/prioritise", body)
    context.say(f"anna raises {ticket} to blocker.")
    await context.settle()
    steps.report_mails(context, ticket)
    for case in await steps.escalations_of(context, ticket=ticket, state="open"):
        await context["anna"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
        context.say(f"{case['key']} ({case['policy']}): anna acknowledges.")
    await steps.reply(context, "anna", ticket, "Dear Jan,\n\nwe are on it.\n\nKind regards, Anna")


async def _apply_change(context: JourneyContext, ticket: str) -> tuple[JSON, Problem]:
    """Request a change as omar, authorize it as theo, apply it as sven."""
    body = {"environment": PRODUCTION, "ticket": ticket, "description": CHANGE_DESCRIPTION}
    change = await context["omar"].post(GATE, CHANGES, body)
    path = f"{CHANGES}/{change['key']}"
    denial = await context["omar"].post_expecting_problem(GATE, f"{path}/authorize")
    context.say(f"omar asks for {change['key']} and authorizes it himself: {denial}")
    await context["theo"].post(GATE, f"{path}/authorize")
    change_applied = await context["sven"].post(GATE, f"{path}/apply")
    context.say(f"theo authorizes {change['key']}, sven applies it.")
    await context.settle()
    return change_applied, denial


async def _resolve_ticket(context: JourneyContext, ticket: str, start: datetime) -> None:
    await context.advance_to(start + 90 * MINUTE)
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "Invoices leave again.")
    await context.settle()


async def _let_debt_fall_due(
    context: JourneyContext, due_at: datetime
) -> tuple[list[JSON], list[EmailMessage]]:
    """Let the debt become overdue, which notifies DM and PO."""
    await context.advance_to(due_at)
    cases = await steps.escalations_of(context, environment=PRODUCTION, trigger="debt_overdue")
    case = cases[-1]
    context.say(f"{format_local(due_at)}: {case['key']}, {case['title']}")
    steps.report_mails(context, case["key"])
    await context["dana"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    context.say(f"{case['key']} ({case['policy']}): dana acknowledges.")
    return cases, context.mails_about(case["key"])
