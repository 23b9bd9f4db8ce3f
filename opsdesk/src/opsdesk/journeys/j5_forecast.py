"""J5: a promise is expected to break; who subscribed hears of it before it does, and it is scored."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import Stage
from opsdesk.journeys.support_hours import DAY
from opsdesk.topic_reader import Record

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = 0
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PAST = 12
"""Tickets that make the desk's past: enough for the forecast to lean on."""
SUBSCRIPTIONS = "/v1/forecast-subscriptions"
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Told:
    """What J5 saw of the one ticket that comes after a week in which the desk was too slow."""

    ticket: str
    deadline: datetime
    forecast: JSON
    heard: list[EmailMessage]
    acknowledged: JSON
    clock: JSON
    score: JSON
    records: list[Record]


async def play(stage: Stage) -> Told:
    monday = _next_monday(await stage.settle())
    await stage.until(monday)
    await _too_slow(stage, monday)
    await stage.until(monday + 4 * DAY)
    await _subscribe(stage)
    ticket = await _opened(stage, "The schedule of the wards is empty")
    stage.say(f"britta opens {ticket} in the portal; nobody has time for it.")
    await stage.settle()
    stage.fresh_letters()
    await stage.until(monday + 4 * DAY + 10 * MINUTE)
    forecast = await _forecast(stage, ticket)
    steps.tell_letters(stage, ticket)
    acknowledged = await _acknowledged(stage, forecast)
    deadline = steps.read(forecast["breaks_at"])
    await stage.until(deadline + 10 * MINUTE)
    clock = (await steps.clocks_of(stage, ticket))["resolution"]
    stage.say(f"Nothing was changed: {ticket} {clock['outcome']} at {steps.on_the_wall(deadline)}.")
    await steps.resolve_and_verify(stage, ticket, "anna", "omar", "The import runs again.")
    await stage.settle()
    about = [one for one in stage.records if one.body.get("ticket") == ticket]
    steps.tell_records(stage, (one for one in about if one.subject.startswith("forecast/")))
    return Told(
        ticket,
        deadline,
        forecast,
        stage.letters_about(ticket, "resolution", "break"),
        acknowledged,
        clock,
        await _score(stage, deadline),
        about,
    )


def _next_monday(after: datetime) -> datetime:
    day = after.astimezone(BERLIN).date() + DAY
    while day.weekday() != MONDAY:
        day += DAY
    return datetime.combine(day, time(9), BERLIN)


async def _too_slow(stage: Stage, monday: datetime) -> None:
    """A dozen tickets that take until Thursday, where Wednesday was promised."""
    tickets = [await _opened(stage, f"Ward {number} is missing") for number in range(1, PAST + 1)]
    stage.say(f"britta opens {tickets[0]} to {tickets[-1]}; they take until Thursday.")
    await stage.settle()
    for ticket in tickets:
        text = "Dear Britta,\n\nwe look into it.\n\nKind regards, Anna"
        await stage["anna"].post("intake", f"/v1/tickets/{ticket}/replies", {"text": text})
    await stage.until(monday + 3 * DAY)
    for ticket in tickets:
        resolved = {"resolution": "The ward was imported by hand."}
        await stage["anna"].post("intake", f"/v1/tickets/{ticket}/resolve", resolved)
        await stage["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
    await stage.settle()


async def _opened(stage: Stage, title: str) -> str:
    wish = {"title": title, "environment": "brightwater-prod", "priority": "major"}
    britta = stage.desks.portal("britta@brightwater.example")
    ticket = await britta.post("intake", "/v1/tickets", wish)
    return str(ticket["key"])


async def _subscribe(stage: Stage) -> None:
    """An earlier run may have done it."""
    try:
        await stage["dana"].post("sla", SUBSCRIPTIONS, {"customer": "brightwater"})
    except Problem as problem:
        if problem.status != CONFLICT:
            raise
    stage.say("dana wants to hear of promises to Brightwater that may break.")


async def _forecast(stage: Stage, ticket: str) -> JSON:
    found = stage["dana"].items("sla", "/v1/forecasts", customer="brightwater")
    mine = [one async for one in found if one["ticket"] == ticket]
    (forecast,) = [one for one in mine if one["metric"] == "resolution"]
    breaks = steps.on_the_wall(forecast["breaks_at"])
    stage.say(f"{ticket} breaks with {forecast['probability']:.0%} at {breaks}, for:")
    for reason in forecast["reasons"]:
        stage.say(f"  {reason}")
    return forecast


async def _acknowledged(stage: Stage, forecast: JSON) -> JSON:
    note = {"note": "Brightwater is told today that it may take until Wednesday."}
    path = f"/v1/forecasts/{forecast['id']}/acknowledge"
    answer = await stage["dana"].post("sla", path, note)
    stage.say("dana takes note of it.")
    return answer


async def _score(stage: Stage, deadline: datetime) -> JSON:
    """Of the promises about resolution that came out on the day of the deadline."""
    day = deadline.astimezone(ZoneInfo("UTC")).date().isoformat()
    found: JSON = await stage["dana"].get(
        "sla", "/v1/forecasts/score", metric="resolution", **{"from": day, "to": day}
    )
    stage.say(f"Scored: {found['forecasts']} forecasts, Brier score {found['brier']:.3f}.")
    return found
