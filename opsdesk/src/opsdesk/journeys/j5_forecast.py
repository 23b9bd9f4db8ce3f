"""J5: a forecast of a breach reaches its subscriber before the deadline, and is scored later."""

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
MONDAY = 0
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PAST_TICKETS = 12
"""Past tickets: enough for a forecast."""
SUBSCRIPTIONS = "/v1/forecast-subscriptions"
HTTP_CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J5, about a ticket after a week in which tickets took too long."""

    ticket: str
    deadline: datetime
    forecast: JSON
    mails: list[EmailMessage]
    acknowledgement: JSON
    clock: JSON
    score: JSON
    records: list[Record]


async def play(context: JourneyContext) -> Result:
    monday = _next_monday(await context.settle())
    await context.advance_to(monday)
    await _create_slow_history(context, monday)
    await context.advance_to(monday + 4 * DAY)
    await _subscribe(context)
    ticket = await _open_ticket(context, "The schedule of the wards is empty")
    context.say(f"britta opens {ticket} in the portal; nobody has time for it.")
    await context.settle()
    context.new_mails()
    await context.advance_to(monday + 4 * DAY + 10 * MINUTE)
    forecast = await _forecast(context, ticket)
    steps.report_mails(context, ticket)
    acknowledgement = await _acknowledge(context, forecast)
    deadline = steps.parse_instant(forecast["expected_breach_at"])
    await context.advance_to(deadline + 10 * MINUTE)
    clock = (await steps.clocks_of(context, ticket))["resolution"]
    context.say(
        f"Nothing was changed: {ticket} {clock['outcome']} at {steps.format_local(deadline)}."
    )
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "The import runs again.")
    await context.settle()
    about = [one for one in context.events if one.body.get("ticket") == ticket]
    steps.report_events(context, (one for one in about if one.subject.startswith("forecast/")))
    return Result(
        ticket,
        deadline,
        forecast,
        context.mails_about(ticket, "resolution", "break"),
        acknowledgement,
        clock,
        await _score(context, deadline),
        about,
    )


def _next_monday(after: datetime) -> datetime:
    day = after.astimezone(BERLIN).date() + DAY
    while day.weekday() != MONDAY:
        day += DAY
    return datetime.combine(day, time(9), BERLIN)


async def _create_slow_history(context: JourneyContext, monday: datetime) -> None:
    """Create a dozen tickets that are resolved on Thursday, where Wednesday was promised."""
    tickets = [
        await _open_ticket(context, f"Ward {number} is missing")
        for number in range(1, PAST_TICKETS + 1)
    ]
    context.say(f"britta opens {tickets[0]} to {tickets[-1]}; they take until Thursday.")
    await context.settle()
    for ticket in tickets:
        text = "Dear Britta,\n\nwe look into it.\n\nKind regards, Anna"
        await context["anna"].post("intake", f"/v1/tickets/{ticket}/replies", {"text": text})
    await context.advance_to(monday + 3 * DAY)
    for ticket in tickets:
        resolved_at = {"resolution": "The ward was imported by hand."}
        await context["anna"].post("intake", f"/v1/tickets/{ticket}/resolve", resolved_at)
        await context["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
    await context.settle()


async def _open_ticket(context: JourneyContext, title: str) -> str:
    body = {"title": title, "environment": "brightwater-prod", "priority": "major"}
    britta = context.clients.portal_client("britta@brightwater.example")
    ticket = await britta.post("intake", "/v1/tickets", body)
    return str(ticket["key"])


async def _subscribe(context: JourneyContext) -> None:
    """Subscribe dana, unless an earlier run has done so."""
    try:
        await context["dana"].post("sla", SUBSCRIPTIONS, {"customer": "brightwater"})
    except Problem as problem:
        if problem.status != HTTP_CONFLICT:
            raise
    context.say("dana wants to hear of promises to Brightwater that may break.")


async def _forecast(context: JourneyContext, ticket: str) -> JSON:
    forecasts = context["dana"].items("sla", "/v1/forecasts", customer="brightwater")
    own_forecasts = [one async for one in forecasts if one["ticket"] == ticket]
    (forecast,) = [one for one in own_forecasts if one["metric"] == "resolution"]
    breaks = steps.format_local(forecast["expected_breach_at"])
    context.say(f"{ticket} breaks with {forecast['probability']:.0%} at {breaks}, for:")
    for reason in forecast["reasons"]:
        context.say(f"  {reason}")
    return forecast


async def _acknowledge(context: JourneyContext, forecast: JSON) -> JSON:
    note = {"note": "Brightwater is told today that it may take until Wednesday."}
    path = f"/v1/forecasts/{forecast['id']}/acknowledge"
    answer = await context["dana"].post("sla", path, note)
    context.say("dana takes note of it.")
    return answer


async def _score(context: JourneyContext, deadline: datetime) -> JSON:
    """Return the score of the resolution forecasts of the deadline's day."""
    day = deadline.astimezone(ZoneInfo("UTC")).date().isoformat()
    scores: JSON = await context["dana"].get(
        "sla", "/v1/forecasts/score", metric="resolution", **{"from": day, "to": day}
    )
    context.say(f"Scored: {scores['forecasts']} forecasts, Brier score {scores['brier']:.3f}.")
    return scores
