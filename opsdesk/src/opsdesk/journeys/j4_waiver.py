"""J4: a waiver that is approved before the deadline covers the breach; a later one does not."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.support_hours import DAY
from opsdesk.topic_reader import Record

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = 1
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J4, about two tickets: one waived in time and one too late."""

    start: datetime
    deadline: datetime
    waiver_in_time: JSON
    late_waiver: JSON
    denied_to_requester: Problem
    waived_clock: JSON
    breached_clock: JSON
    compliance: JSON
    mails: list[EmailMessage]
    cases: dict[str, list[str]]
    records: list[Record]


async def play(context: JourneyContext) -> Result:
    start = _next_tuesday(await context.settle())
    await context.advance_to(start)
    tickets = [
        await _open_ticket(context, title) for title in ("Reports are slow", "Search is slow")
    ]
    await context.settle()
    for ticket in tickets:
        await steps.reply(context, "anna", ticket, "Dear Britta,\n\nwe look.\n\nKind regards, Anna")
    await context.settle()
    first, second = [(await steps.clocks_of(context, one))["resolution"] for one in tickets]
    deadline = steps.parse_instant(first["deadline"])
    requested = [await _request_waiver(context, clock) for clock in (first, second)]
    denial = await context["anna"].post_expecting_problem(
        "sla", f"/v1/waivers/{requested[0]['key']}/approve"
    )
    context.say(f"anna approves her own request: {denial}")
    await context.settle()
    steps.report_mails(context, *tickets)
    for ticket in tickets:
        await _acknowledge_as_gina(context, ticket)
    await context.advance_to(deadline - HOUR)
    waiver_in_time = await _approve_waiver(context, requested[0])
    await context.advance_to(deadline + SECOND)
    late_waiver = await _approve_waiver(context, requested[1])
    await context.settle()
    steps.report_mails(context, *tickets)
    cases = {one: await _escalation_cases(context, one) for one in tickets}
    for ticket in tickets:
        await steps.resolve_and_verify(context, ticket, "anna", "omar", "An index was missing.")
    at = await context.settle()
    waivers = [one for one in context.events if one.subject.startswith("waiver/")]
    steps.report_events(context, (one for one in waivers if one.body["ticket"] in tickets))
    waived_clock, breached_clock = [
        (await steps.clocks_of(context, one))["resolution"] for one in tickets
    ]
    return Result(
        start,
        deadline,
        waiver_in_time,
        late_waiver,
        denial,
        waived_clock,
        breached_clock,
        await _compliance(context, start, at),
        context.mails_about("Waiver", requested[0]["key"]),
        cases,
        [one for one in context.events if one.body.get("ticket") in tickets],
    )


def _next_tuesday(after: datetime) -> datetime:
    day = after.astimezone(BERLIN).date() + DAY
    while day.weekday() != TUESDAY:
        day += DAY
    return datetime.combine(day, time(9), BERLIN)


async def _open_ticket(context: JourneyContext, title: str) -> str:
    body = {"title": title, "environment": "brightwater-prod", "priority": "critical"}
    britta = context.clients.portal_client("britta@brightwater.example")
    ticket = await britta.post("intake", "/v1/tickets", body)
    context.say(f"britta opens {ticket['key']} in the portal: {title}.")
    return str(ticket["key"])


async def _request_waiver(context: JourneyContext, clock: JSON) -> JSON:
    """Request a waiver until two days after the deadline."""
    expires_at = steps.parse_instant(clock["deadline"]) + 2 * DAY
    body = {
        "clock_id": clock["id"],
        "reason": "The index has to be built at night, as agreed with the clinic.",
        "expires_at": expires_at.isoformat(),
    }
    waiver = await context["anna"].post("sla", "/v1/waivers", body)
    deadline = steps.format_local(clock["deadline"])
    context.say(f"anna asks for {waiver['key']} on {clock['ticket']}, deadline {deadline}.")
    return waiver


async def _acknowledge_as_gina(context: JourneyContext, ticket: str) -> None:
    (case,) = await steps.escalations_of(context, ticket=ticket, trigger="waiver_requested")
    await context["gina"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    context.say(f"{case['key']} ({case['policy']}): gina acknowledges.")


async def _approve_waiver(context: JourneyContext, waiver: JSON) -> JSON:
    approved = await context["gina"].post("sla", f"/v1/waivers/{waiver['key']}/approve")
    late = "too late: it changes nothing" if approved["late"] else "in time"
    at = steps.format_local(approved["decided_at"])
    context.say(f"gina approves {waiver['key']} at {at}, {late}.")
    return approved


async def _escalation_cases(context: JourneyContext, ticket: str) -> list[str]:
    cases = await steps.escalations_of(context, ticket=ticket)
    return [str(case["trigger"]) for case in cases]


async def _compliance(context: JourneyContext, start: datetime, at: datetime) -> JSON:
    """Return the compliance of Brightwater during this journey."""
    report: JSON = await context["dana"].get(
        "sla",
        "/v1/reports/customer-compliance",
        customer="brightwater",
        **{"from": start.isoformat(), "to": (at + SECOND).isoformat()},
    )
    figures = ", ".join(f"{name} {report[name]}" for name in ("met", "breached", "waived"))
    context.say(
        f"Brightwater: {figures}; raw {report['raw']:.0%}, adjusted {report['adjusted']:.0%}."
    )
    return report
