"""J1: a customer writes an e-mail, promises break or hold, and nobody is left unaware."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import Stage
from opsdesk.journeys.mails import mail, message_id
from opsdesk.journeys.steps import on_the_wall
from opsdesk.journeys.support_hours import long_weekend, promised
from opsdesk.topic_reader import Record

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST_RESPONSE, RESOLUTION = 4 * HOUR, 16 * HOUR
WORKED = 13 * HOUR + 30 * MINUTE
"""Support hours after which the ticket is resolved; before the deadline of its resolution."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation by mail; `taken` are intake's answers in the order of arrival."""

    ticket: str
    taken: list[JSON]


@dataclass(frozen=True, slots=True)
class Told:
    """What J1 saw. `clocks` are by metric, at the end; `begun` at the beginning."""

    start: datetime
    thread: Thread
    scrambled: Thread
    ticket: JSON
    begun: dict[str, JSON]
    clocks: dict[str, JSON]
    on_call: str
    escalations: list[JSON]
    acknowledged_at: datetime
    heard_by_dm: list[Record]
    denied: Problem


async def play(stage: Stage, start: datetime | None = None) -> Told:
    """`start` is a working afternoon, 15:30 in Amsterdam; the next before a long weekend if none."""
    start = start or long_weekend(await stage.settle())
    await stage.until(start)
    stage.say(f"It is {on_the_wall(start)}, a long weekend is about to begin.")
    thread = await _mails_in_order(stage, start)
    scrambled = await _mails_out_of_order(stage, start)
    await stage.settle()
    ticket = await _ticket(stage, thread.ticket)
    begun = await steps.clocks_of(stage, thread.ticket)
    steps.tell_clocks(stage, begun)
    await _first_response_breaks(stage, thread.ticket, start)
    acknowledged_at, denied = await _people_act(stage, thread.ticket, start)
    clocks = await steps.clocks_of(stage, thread.ticket)
    steps.tell_clocks(stage, clocks)
    broke = promised(start, FIRST_RESPONSE)
    return Told(
        start,
        thread,
        scrambled,
        ticket,
        begun,
        clocks,
        await steps.on_call(stage, "first-level", broke),
        await steps.escalations_of(stage, ticket=thread.ticket),
        acknowledged_at,
        [one for one in stage.records if one.topic == "opsdesk.escalations.dm"],
        denied,
    )


async def _mails_in_order(stage: Stage, at: datetime) -> Thread:
    """The first mail, a reply, and the same reply once more."""
    first, answer = message_id(), message_id()
    opening = mail("Invoices are not sent", "Since noon no invoice leaves acme-prod.", at, first)
    more = mail("Re: Invoices are not sent", "Now 200 of them.", at, answer, answers=first)
    return await _sent(stage, [opening, more, more])


async def _mails_out_of_order(stage: Stage, at: datetime) -> Thread:
    """A reply that arrives before the mail it answers. OPS answers, resolves and verifies at once."""
    first, answer = message_id(), message_id()
    opening = mail("A question about July", "May we have the report of July?", at, first)
    more = mail("Re: A question about July", "As PDF, please.", at, answer, answers=first)
    thread = await _sent(stage, [more, opening])
    await steps.reply(
        stage, "omar", thread.ticket, "Dear Jan,\n\nhere it is.\n\nKind regards, Omar"
    )
    await steps.resolve_and_verify(stage, thread.ticket, "omar", "anna", "Report sent.")
    return thread


async def _sent(stage: Stage, mails: list[bytes]) -> Thread:
    taken = [
        await stage["gateway"].send("intake", "/v1/emails", raw, "message/rfc822") for raw in mails
    ]
    for one in taken:
        stage.say(f"A mail of jan@acme.example: {one['outcome']} {one['ticket']['key']}.")
    return Thread(str(taken[0]["ticket"]["key"]), taken)


async def _ticket(stage: Stage, key: str) -> JSON:
    ticket: JSON = await stage["anna"].get("intake", f"/v1/tickets/{key}")
    told = ("key", "customer", "priority", "environment", "title")
    stage.say("  " + ", ".join(f"{name} {ticket[name]}" for name in told))
    return ticket


async def _first_response_breaks(stage: Stage, ticket: str, start: datetime) -> None:
    """Nobody answers: warnings at 50, 75 and 90 %, then the breach, and the first page."""
    await stage.until(promised(start, FIRST_RESPONSE))
    steps.tell_firings(stage, (await steps.clocks_of(stage, ticket))["first_response"])
    steps.tell_letters(stage, ticket)


async def _people_act(stage: Stage, ticket: str, start: datetime) -> tuple[datetime, Problem]:
    """The policy steps up until theo acknowledges; then the ticket is worked to its end."""
    broke = promised(start, FIRST_RESPONSE)
    acknowledged_at = broke + 20 * MINUTE
    await stage.until(acknowledged_at)
    steps.tell_letters(stage, ticket)
    case = next(
        one
        for one in await steps.escalations_of(stage, ticket=ticket)
        if one["trigger"] == "clock_breached"
    )
    await stage["theo"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    stage.say(f"{case['key']} ({case['policy']}): theo acknowledges at step {case['step']}.")
    await stage.until(broke + 2 * HOUR)
    reached = len(stage.letters_about(case["key"]))
    stage.say(f"{on_the_wall(broke + 2 * HOUR)}: {reached} mails went out for it, no more since.")
    await steps.reply(stage, "anna", ticket, "Dear Jan,\n\nwe found it.\n\nKind regards, Anna")
    await stage.until(promised(start, WORKED))
    await stage["anna"].post(
        "intake", f"/v1/tickets/{ticket}/resolve", {"resolution": "The queue runs again."}
    )
    denied = await stage["anna"].refused("intake", f"/v1/tickets/{ticket}/verify")
    stage.say(f"anna resolves {ticket}; anna verifies it: {denied}")
    await stage["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
    stage.say("omar verifies it.")
    await stage.settle()
    for topic in ("opsdesk.clocks", "opsdesk.escalations.dm"):
        stage.say(f"What everybody who subscribes to {topic} has heard of {ticket}:")
        heard = (one for one in stage.records if one.topic == topic)
        steps.tell_records(stage, (one for one in heard if one.body.get("ticket") == ticket))
    return acknowledged_at, denied
