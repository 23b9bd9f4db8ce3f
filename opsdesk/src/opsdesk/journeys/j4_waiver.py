"""J4: the GM's waiver counts when it comes before the deadline, and changes nothing afterwards."""

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
TUESDAY = 1
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Told:
    """What J4 saw of two tickets, of which one was waived in time and one too late."""

    start: datetime
    deadline: datetime
    in_time: JSON
    late: JSON
    by_the_requester: Problem
    excused: JSON
    breached: JSON
    compliance: JSON
    letters: list[EmailMessage]
    escalated: dict[str, list[str]]
    records: list[Record]


async def play(stage: Stage) -> Told:
    start = _next_tuesday(await stage.settle())
    await stage.until(start)
    tickets = [await _opened(stage, title) for title in ("Reports are slow", "Search is slow")]
    await stage.settle()
    for ticket in tickets:
        await steps.reply(stage, "anna", ticket, "Dear Britta,\n\nwe look.\n\nKind regards, Anna")
    await stage.settle()
    first, second = [(await steps.clocks_of(stage, one))["resolution"] for one in tickets]
    deadline = steps.read(first["deadline"])
    wanted = [await _asked_for(stage, clock) for clock in (first, second)]
    denied = await stage["anna"].refused("sla", f"/v1/waivers/{wanted[0]['key']}/approve")
    stage.say(f"anna approves her own request: {denied}")
    await stage.settle()
    steps.tell_letters(stage, *tickets)
    for ticket in tickets:
        await _taken_by_gina(stage, ticket)
    await stage.until(deadline - HOUR)
    in_time = await _approved(stage, wanted[0])
    await stage.until(deadline + SECOND)
    late = await _approved(stage, wanted[1])
    await stage.settle()
    steps.tell_letters(stage, *tickets)
    escalated = {one: await _escalated(stage, one) for one in tickets}
    for ticket in tickets:
        await steps.resolve_and_verify(stage, ticket, "anna", "omar", "An index was missing.")
    at = await stage.settle()
    waivers = [one for one in stage.records if one.subject.startswith("waiver/")]
    steps.tell_records(stage, (one for one in waivers if one.body["ticket"] in tickets))
    excused, breached = [(await steps.clocks_of(stage, one))["resolution"] for one in tickets]
    return Told(
        start,
        deadline,
        in_time,
        late,
        denied,
        excused,
        breached,
        await _compliance(stage, start, at),
        stage.letters_about("waiver", wanted[0]["key"]),
        escalated,
        [one for one in stage.records if one.body.get("ticket") in tickets],
    )


def _next_tuesday(after: datetime) -> datetime:
    day = after.astimezone(BERLIN).date() + DAY
    while day.weekday() != TUESDAY:
        day += DAY
    return datetime.combine(day, time(9), BERLIN)


async def _opened(stage: Stage, title: str) -> str:
    wish = {"title": title, "environment": "brightwater-prod", "priority": "critical"}
    britta = stage.desks.portal("britta@brightwater.example")
    ticket = await britta.post("intake", "/v1/tickets", wish)
    stage.say(f"britta opens {ticket['key']} in the portal: {title}.")
    return str(ticket["key"])


async def _asked_for(stage: Stage, clock: JSON) -> JSON:
    """Good for two days beyond the deadline."""
    expires_at = steps.read(clock["deadline"]) + 2 * DAY
    wish = {
        "clock_id": clock["id"],
        "reason": "The index has to be built at night, as agreed with the clinic.",
        "expires_at": expires_at.isoformat(),
    }
    waiver = await stage["anna"].post("sla", "/v1/waivers", wish)
    deadline = steps.on_the_wall(clock["deadline"])
    stage.say(f"anna asks for {waiver['key']} on {clock['ticket']}, deadline {deadline}.")
    return waiver


async def _taken_by_gina(stage: Stage, ticket: str) -> None:
    (case,) = await steps.escalations_of(stage, ticket=ticket, trigger="waiver_requested")
    await stage["gina"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    stage.say(f"{case['key']} ({case['policy']}): gina acknowledges.")


async def _approved(stage: Stage, waiver: JSON) -> JSON:
    approved = await stage["gina"].post("sla", f"/v1/waivers/{waiver['key']}/approve")
    late = "too late: it changes nothing" if approved["late"] else "in time"
    at = steps.on_the_wall(approved["decided_at"])
    stage.say(f"gina approves {waiver['key']} at {at}, {late}.")
    return approved


async def _escalated(stage: Stage, ticket: str) -> list[str]:
    cases = await steps.escalations_of(stage, ticket=ticket)
    return [str(case["trigger"]) for case in cases]


async def _compliance(stage: Stage, start: datetime, at: datetime) -> JSON:
    """Of Brightwater, over the time of this journey."""
    told: JSON = await stage["dana"].get(
        "sla",
        "/v1/compliance",
        customer="brightwater",
        **{"from": start.isoformat(), "to": (at + SECOND).isoformat()},
    )
    counted = ", ".join(f"{name} {told[name]}" for name in ("met", "breached", "excused"))
    stage.say(f"Brightwater: {counted}; raw {told['raw']:.0%}, adjusted {told['adjusted']:.0%}.")
    return told
