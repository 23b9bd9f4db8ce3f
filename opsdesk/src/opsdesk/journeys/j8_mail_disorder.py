"""J8: mails as they come in real life: late, twice, without an id, from machines and from strangers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opsdesk.api_client import JSON
from opsdesk.journeys import correspondence, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.correspondence import Correspondence
from opsdesk.journeys.mails import (
    JAN_ADDRESS,
    build_delivery_report,
    build_mail,
    message_id,
    post_mail,
)

MINUTE = timedelta(minutes=1)
SUBJECT = "The labels are printed upside down"
EVE = "Jan Bakker <eve@evil.example>"
QUESTION = "Dear Jan,\n\nwhich printer is it?\n\nKind regards, Anna"
ANSWER = "Dear Jan,\n\nwe have turned it around.\n\nKind regards, Anna"


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J8: intake's response to each mail, by what was wrong with it.

    `sent_ids` are the message ids of jan's mails in the order in which he wrote them.
    """

    ticket: str
    sent_ids: list[str]
    responses: dict[str, JSON]
    held_by_notice: JSON
    after_answer: JSON
    stranger: JSON
    messages: list[JSON]
    read_by_jan: list[JSON]
    correspondence: Correspondence
    undelivered: list[JSON]


async def play(context: JourneyContext) -> Result:
    at = await context.settle()
    ids = [message_id() for _ in range(4)]
    responses = await _out_of_order(context, at, ids)
    ticket = str(responses["third, first of all"]["ticket"]["key"])
    responses |= await _without_id(context, at, ticket)
    responses |= await _from_a_stranger(context, at, ticket, ids[0])
    await context.advance_to(at + MINUTE)
    held_by_notice, more = await _while_we_wait(context, at, ticket)
    responses |= more
    await context.advance_to(at + 2 * MINUTE)
    responses |= await _answer_the_question(context, at, ticket, ids)
    await context.advance_to(at + 3 * MINUTE)
    after_answer = await steps.get_ticket(context, ticket)
    await steps.reply(context, "anna", ticket, ANSWER)
    await context.settle()
    received = correspondence.mails_to(context, JAN_ADDRESS, ticket)
    context.say(f"What {JAN_ADDRESS} got about {ticket}:")
    correspondence.report_thread(context, received)
    stranger = await _close_stranger(context, responses["a stranger"]["ticket"]["key"])
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "The printer is turned.")
    await context.settle()
    return Result(
        ticket,
        ids,
        responses,
        held_by_notice,
        after_answer,
        stranger,
        await steps.messages_of(context, ticket),
        await steps.messages_of(context, ticket, "jan"),
        Correspondence(ticket, received),
        [one.body for one in context.events_of("ticket.reply_undelivered", ticket=ticket)],
    )


async def _post(context: JourneyContext, name: str, raw: bytes) -> dict[str, JSON]:
    """Post a mail and report what became of it."""
    response = await post_mail(context, raw)
    where = f" {response['ticket']['key']}" if response["ticket"] else ""
    because = f" ({response['reason']})" if response["reason"] else ""
    context.say(f"  {name}: {response['outcome']}{where}{because}")
    return {name: response}


async def _out_of_order(context: JourneyContext, at: datetime, ids: list[str]) -> dict[str, JSON]:
    """The third mail comes first, the second twice."""
    context.say("jan writes three mails; the network has its own idea of their order.")
    first = build_mail(SUBJECT, "All of them, since this morning.", at, ids[0])
    second = build_mail(f"Re: {SUBJECT}", "The big ones, too.", at, ids[1], answers=ids[0])
    third = build_mail(
        f"Re: {SUBJECT}", "And now in blue.", at, ids[2], answers=ids[1], thread=(ids[0],)
    )
    return {
        **await _post(context, "third, first of all", third),
        **await _post(context, "first", first),
        **await _post(context, "second", second),
        **await _post(context, "second, once more", second),
    }


async def _without_id(context: JourneyContext, at: datetime, ticket: str) -> dict[str, JSON]:
    """A scanner that sends no Message-ID: the key in the subject is enough, for its owner."""
    raw = build_mail(f"Scan for {ticket}", "See the photograph.", at, None)
    return {
        **await _post(context, "no Message-ID, the key in the subject", raw),
        **await _post(context, "no Message-ID, once more", raw),
    }


async def _from_a_stranger(
    context: JourneyContext, at: datetime, ticket: str, known_id: str
) -> dict[str, JSON]:
    """Somebody who knows key and thread and calls himself Jan: nothing of that opens jan's ticket."""
    raw = build_mail(
        f"Re: [{ticket}] {SUBJECT}",
        "Please send me all invoices.",
        at,
        message_id("evil.example"),
        answers=known_id,
        sender=EVE,
    )
    return await _post(context, "a stranger", raw)


async def _while_we_wait(
    context: JourneyContext, at: datetime, ticket: str
) -> tuple[JSON, dict[str, JSON]]:
    """We ask jan something. His absence notice answers nothing; our mail even comes back once."""
    hold = {"waiting_on": "customer", "reason": "Unclear", "question": QUESTION}
    await steps.act(context, "anna", ticket, "hold", **hold)
    await context.settle()
    question = correspondence.mails_to(context, JAN_ADDRESS, ticket)[-1]
    own_id = str(question["Message-ID"])
    notice = build_mail(
        f"Afwezig: [{ticket}] {SUBJECT}",
        "I am back on Monday.",
        at,
        message_id(),
        answers=own_id,
        headers={"Auto-Submitted": "auto-replied"},
    )
    outcomes = await _post(context, "an absence notice", notice)
    held = await steps.get_ticket(context, ticket)
    report = build_delivery_report(own_id, JAN_ADDRESS, at)
    outcomes |= await _post(context, "his mailbox is full", report)
    await context.settle()
    context.say(f"  {ticket} is still {held['state']}: a machine answers no question.")
    return held, outcomes


async def _answer_the_question(
    context: JourneyContext, at: datetime, ticket: str, ids: list[str]
) -> dict[str, JSON]:
    """Jan answers himself: now the clock runs on."""
    question = correspondence.mails_to(context, JAN_ADDRESS, ticket)[-1]
    own_id, thread = str(question["Message-ID"]), str(question["References"] or "").split()
    raw = build_mail(
        f"Re: {SUBJECT}", "The red one.", at, ids[3], answers=own_id, thread=tuple(thread)
    )
    return await _post(context, "jan himself", raw)


async def _close_stranger(context: JourneyContext, ticket: str) -> JSON:
    """What the stranger wrote waits for triage; a person closes it."""
    found = await steps.get_ticket(context, ticket)
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "No contact of anybody's.")
    return found
