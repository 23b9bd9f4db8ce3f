"""J1: a customer writes an e-mail; the first response is late and escalates, and comes by e-mail."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import correspondence, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.correspondence import Correspondence
from opsdesk.journeys.mails import JAN_ADDRESS, build_mail, message_id, post_mail
from opsdesk.journeys.steps import format_local
from opsdesk.journeys.support_hours import add_support_hours, next_long_weekend
from opsdesk.topic_reader import Record

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FIRST_RESPONSE, RESOLUTION = 4 * HOUR, 16 * HOUR
EXPECTED_WORKING_TIME = 13 * HOUR + 30 * MINUTE
"""Support hours after which the ticket is resolved, before its deadline."""


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of mails; `results` are intake's responses in the order of arrival.

    `sent_ids` are the message ids of the customer's mails, in the same order.
    """

    ticket: str
    results: list[JSON]
    sent_ids: list[str]


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J1. Clocks are by metric: `started_clocks` at the beginning, `clocks` at the end."""

    start: datetime
    thread: Thread
    out_of_order: Thread
    ticket: JSON
    started_clocks: dict[str, JSON]
    clocks: dict[str, JSON]
    on_call: str
    escalations: list[JSON]
    acknowledged_at: datetime
    dm_events: list[Record]
    denial: Problem
    correspondence: Correspondence
    replied: Correspondence


async def play(context: JourneyContext, start: datetime | None = None) -> Result:
    """Play J1 from `start` on, by default 15:30 in Amsterdam before the next long weekend."""
    start = start or next_long_weekend(await context.settle())
    await context.advance_to(start)
    context.say(f"It is {format_local(start)}, a long weekend is about to begin.")
    thread = await _mails_in_order(context, start)
    out_of_order, replied = await _mails_out_of_order(context, start)
    await context.settle()
    ticket = await _get_ticket(context, thread.ticket)
    started_clocks = await steps.clocks_of(context, thread.ticket)
    steps.report_clocks(context, started_clocks)
    await _let_first_response_breach(context, thread.ticket, start)
    acknowledged_at, denial = await _act_on_breach(context, thread.ticket, start)
    clocks = await steps.clocks_of(context, thread.ticket)
    steps.report_clocks(context, clocks)
    received = correspondence.mails_to(context, JAN_ADDRESS, thread.ticket)
    context.say(f"What {JAN_ADDRESS} got about {thread.ticket}:")
    correspondence.report_thread(context, received)
    breached = add_support_hours(start, FIRST_RESPONSE)
    return Result(
        start,
        thread,
        out_of_order,
        ticket,
        started_clocks,
        clocks,
        await steps.on_call_person(context, "first-level", breached),
        await steps.escalations_of(context, ticket=thread.ticket),
        acknowledged_at,
        [one for one in context.events if one.topic == context.topic("opsdesk.escalations.dm")],
        denial,
        Correspondence(thread.ticket, received),
        replied,
    )


async def _mails_in_order(context: JourneyContext, at: datetime) -> Thread:
    """Send a mail, a reply, and the same reply again."""
    first, answer = message_id(), message_id()
    opening = build_mail(
        "Invoices are not sent", "Since noon no invoice leaves acme-prod.", at, first
    )
    more = build_mail("Re: Invoices are not sent", "Now 200 of them.", at, answer, answers=first)
    return await _send_mails(context, [opening, more, more], [first, answer, answer])


async def _mails_out_of_order(
    context: JourneyContext, at: datetime
) -> tuple[Thread, Correspondence]:
    """Send a reply before the mail it answers; then answer, hear of it, resolve and verify the ticket."""
    first, answer = message_id(), message_id()
    opening = build_mail("A question about July", "May we have the report of July?", at, first)
    more = build_mail("Re: A question about July", "As PDF, please.", at, answer, answers=first)
    thread = await _send_mails(context, [more, opening], [answer, first])
    await steps.reply(
        context, "omar", thread.ticket, "Dear Jan,\n\nhere it is.\n\nKind regards, Omar"
    )
    await context.settle()
    replied = await correspondence.reply_to_last(
        context, JAN_ADDRESS, thread.ticket, "Thank you, it is complete.", at
    )
    await steps.resolve_and_verify(context, thread.ticket, "omar", "anna", "Report sent.")
    return thread, replied


async def _send_mails(context: JourneyContext, mails: list[bytes], sent_ids: list[str]) -> Thread:
    results = [await post_mail(context, raw) for raw in mails]
    for one in results:
        context.say(f"A mail of jan@acme.example: {one['outcome']} {one['ticket']['key']}.")
    return Thread(str(results[0]["ticket"]["key"]), results, sent_ids)


async def _get_ticket(context: JourneyContext, key: str) -> JSON:
    ticket: JSON = await context["anna"].get("intake", f"/v1/tickets/{key}")
    fields = ("key", "customer", "priority", "environment", "title")
    context.say("  " + ", ".join(f"{name} {ticket[name]}" for name in fields))
    return ticket


async def _let_first_response_breach(context: JourneyContext, ticket: str, start: datetime) -> None:
    """Let thresholds of 50, 75 and 90 % and the breach fire, without an answer."""
    await context.advance_to(add_support_hours(start, FIRST_RESPONSE))
    steps.report_firings(context, (await steps.clocks_of(context, ticket))["first_response"])
    steps.report_mails(context, ticket)


async def _act_on_breach(
    context: JourneyContext, ticket: str, start: datetime
) -> tuple[datetime, Problem]:
    """Let the policy escalate until theo acknowledges; then resolve and verify the ticket."""
    breached = add_support_hours(start, FIRST_RESPONSE)
    acknowledged_at = breached + 20 * MINUTE
    await context.advance_to(acknowledged_at)
    steps.report_mails(context, ticket)
    case = next(
        one
        for one in await steps.escalations_of(context, ticket=ticket)
        if one["trigger"] == "clock_breached"
    )
    await context["theo"].post("escalation", f"/v1/escalations/{case['key']}/acknowledge")
    context.say(f"{case['key']} ({case['policy']}): theo acknowledges at step {case['step']}.")
    await context.advance_to(breached + 2 * HOUR)
    reached = len(context.mails_about(case["key"]))
    context.say(
        f"{format_local(breached + 2 * HOUR)}: {reached} mails went out for it, no more since."
    )
    await steps.reply(context, "anna", ticket, "Dear Jan,\n\nwe found it.\n\nKind regards, Anna")
    await context.advance_to(add_support_hours(start, EXPECTED_WORKING_TIME))
    await context["anna"].post(
        "intake", f"/v1/tickets/{ticket}/resolve", {"resolution": "The queue runs again."}
    )
    denial = await context["anna"].post_expecting_problem("intake", f"/v1/tickets/{ticket}/verify")
    context.say(f"anna resolves {ticket}; anna verifies it: {denial}")
    await context["omar"].post("intake", f"/v1/tickets/{ticket}/verify")
    context.say("omar verifies it.")
    await context.settle()
    for topic in ("opsdesk.clocks", "opsdesk.escalations.dm"):
        context.say(f"Events about {ticket} on {topic}:")
        dm_events = (one for one in context.events if one.topic == context.topic(topic))
        steps.report_events(context, (one for one in dm_events if one.body.get("ticket") == ticket))
    return acknowledged_at, denial
