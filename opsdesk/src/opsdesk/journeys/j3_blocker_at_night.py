"""J3: a Blocker at three on a Sunday morning, an unversioned change, and the debt that it leaves."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import gate, steps
from opsdesk.journeys.context import Stage
from opsdesk.journeys.gate import CHANGES, GATE, PRODUCTION
from opsdesk.journeys.steps import on_the_wall
from opsdesk.journeys.support_hours import AMSTERDAM, DAY
from opsdesk.topic_reader import Record

SUNDAY = 6
MINUTE = timedelta(minutes=1)
WHAT = "Switch the invoice queue to the spare disk: the full one stops every invoice."


@dataclass(frozen=True, slots=True)
class Told:
    """What J3 saw. `too_early`, `by_one_person`, `second_change` and `too_late` are the denials of
    emergency changes; `owing` and `paid` are acme-prod in debt and afterwards."""

    start: datetime
    ticket: str
    clocks: dict[str, JSON]
    too_early: Problem
    by_one_person: Problem
    second_change: Problem
    too_late: Problem
    change: JSON
    owing: JSON
    refused: JSON
    overdue: list[JSON]
    letters: list[EmailMessage]
    delivered: JSON
    paid: JSON
    records: list[Record]


async def play(stage: Stage) -> Told:
    await gate.tidy(stage)
    start = next_sunday_night(await stage.settle())
    await stage.until(start)
    ticket = await _opened(stage)
    too_early = await _asked_in_vain(stage, ticket)
    await _raised(stage, ticket)
    change, by_one_person = await _applied(stage, ticket)
    owing = await gate.environment(stage, PRODUCTION)
    due_at = steps.read(owing["debt"]["due_at"])
    stage.say(f"acme-prod is {owing['state']} until {on_the_wall(due_at)}.")
    second_change = await _asked_in_vain(stage, ticket)
    refused = await gate.submit(stage, await gate.new_version(stage), PRODUCTION)
    await _solved(stage, ticket, start)
    too_late = await _asked_in_vain(stage, ticket)
    overdue, letters = await _overdue(stage, due_at)
    delivered = await gate.pay(stage, change["key"])
    await stage.settle()
    clocks = await steps.clocks_of(stage, ticket)
    steps.tell_clocks(stage, clocks)
    records = [one for one in stage.records if one.body.get("environment") == PRODUCTION]
    steps.tell_records(
        stage, (one for one in records if one.topic.startswith("opsdesk.deliveries"))
    )
    return Told(
        start,
        ticket,
        clocks,
        too_early,
        by_one_person,
        second_change,
        too_late,
        change,
        owing,
        refused,
        overdue,
        letters,
        delivered,
        await gate.environment(stage, PRODUCTION),
        records,
    )


def next_sunday_night(after: datetime) -> datetime:
    """03:00 in Amsterdam; of a Sunday on which three o'clock exists and is later than now."""
    day = after.astimezone(AMSTERDAM).date() + DAY
    while day.weekday() != SUNDAY:
        day += DAY
    return datetime.combine(day, time(3), AMSTERDAM)


async def _opened(stage: Stage) -> str:
    """Jan writes in the portal, which speaks for him and no more."""
    wish = {
        "title": "No invoice leaves the house",
        "environment": PRODUCTION,
        "impact": "high",
        "urgency": "medium",
    }
    jan = stage.desks.portal("jan@acme.example")
    ticket = await jan.post("intake", "/v1/tickets", wish)
    at = on_the_wall(ticket["opened_at"])
    stage.say(f"{at}: jan opens {ticket['key']} in the portal, {ticket['priority']}.")
    await stage.settle()
    return str(ticket["key"])


async def _asked_in_vain(stage: Stage, ticket: str) -> Problem:
    wish = {"environment": PRODUCTION, "ticket": ticket, "what": WHAT}
    denied = await stage["omar"].refused(GATE, CHANGES, wish)
    stage.say(f"omar asks for an emergency change: {denied.told.get('code')}. {denied.detail}")
    return denied


async def _raised(stage: Stage, ticket: str) -> None:
    """From here on the clocks run around the clock, and the people on call are paged."""
    wish = {"priority": "blocker", "reason": "All invoicing of Acme stands still."}
    await stage["anna"].post("intake", f"/v1/tickets/{ticket}/prioritise", wish)
    stage.say(f"anna raises {ticket} to blocker.")
    await stage.settle()
    steps.tell_letters(stage, ticket)
    for case in await steps.escalations_of(stage, ticket=ticket, state="open"):
        await stage["anna"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
        stage.say(f"{case['key']} ({case['policy']}): anna acknowledges.")
    await steps.reply(stage, "anna", ticket, "Dear Jan,\n\nwe are on it.\n\nKind regards, Anna")


async def _applied(stage: Stage, ticket: str) -> tuple[JSON, Problem]:
    """Asked for by omar, authorized by theo, applied by sven."""
    wish = {"environment": PRODUCTION, "ticket": ticket, "what": WHAT}
    change = await stage["omar"].post(GATE, CHANGES, wish)
    path = f"{CHANGES}/{change['key']}"
    denied = await stage["omar"].refused(GATE, f"{path}/authorize")
    stage.say(f"omar asks for {change['key']} and authorizes it himself: {denied}")
    await stage["theo"].post(GATE, f"{path}/authorize")
    applied = await stage["sven"].post(GATE, f"{path}/apply")
    stage.say(f"theo authorizes {change['key']}, sven applies it.")
    await stage.settle()
    return applied, denied


async def _solved(stage: Stage, ticket: str, start: datetime) -> None:
    await stage.until(start + 90 * MINUTE)
    await steps.resolve_and_verify(stage, ticket, "anna", "omar", "Invoices leave again.")
    await stage.settle()


async def _overdue(stage: Stage, due_at: datetime) -> tuple[list[JSON], list[EmailMessage]]:
    """Nobody delivers the version: at the due instant DM and PO hear of it."""
    await stage.until(due_at)
    cases = await steps.escalations_of(stage, environment=PRODUCTION, trigger="debt_overdue")
    case = cases[-1]
    stage.say(f"{on_the_wall(due_at)}: {case['key']}, {case['title']}")
    steps.tell_letters(stage, case["key"])
    await stage["dana"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    stage.say(f"{case['key']} ({case['policy']}): dana acknowledges.")
    return cases, stage.letters_about(case["key"])
