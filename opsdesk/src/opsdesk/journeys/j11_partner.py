"""J11: a partner takes a ticket over, answers by e-mail, and the fix comes back to be checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import correspondence, steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.mails import build_mail, message_id, post_mail

MINUTE = timedelta(minutes=1)
DESK = "desk@hosthaven.example"
PARTNER_NUMBER = "INC0012345"
DOMAIN = "hosthaven.example"
RECORD = {
    "to": "partner",
    "partner": "hosthaven",
    "seen": "acme-prod answers after 40 seconds since 09:10.",
    "tried": "A restart of the application, twice.",
    "excluded": "The database: its load is as ever.",
    "asked": "Find out what slows the storage down.",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J11. `denials` are what was refused, by what was tried; `late` is the last case."""

    ticket: str
    denials: dict[str, Problem]
    mails: list[EmailMessage]
    answers: list[JSON]
    forwarded: JSON
    partner_clocks: list[JSON]
    hand_over: JSON
    state: str
    messages: list[JSON]
    read_by_jan: list[JSON]
    late: JSON


async def play(context: JourneyContext) -> Result:
    at = await context.settle()
    ticket = await steps.open_ticket(
        context, "anna", "Everything is slow", environment="acme-prod", priority="critical"
    )
    denials = {"incomplete": await _forward(context, ticket, at)}
    forwarded = await steps.get_ticket(context, ticket)
    await context.advance_to(at + MINUTE)
    answers = [await _partner_answers(context, ticket, at)]
    await context.advance_to(at + 2 * MINUTE)
    await _write_to_partner(context, ticket)
    await context.advance_to(at + 3 * MINUTE)
    answers.append(await _partner_fixes(context, ticket, at))
    denials |= await _check_fix(context, ticket)
    clocks = await context["theo"].get("sla", f"/v1/tickets/{ticket}/clocks")
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "The storage is fast again.")
    late = await _partner_writes_late(context, ticket, at)
    return Result(
        ticket,
        denials,
        correspondence.mails_to(context, DESK, ticket),
        answers,
        forwarded,
        [one for one in clocks["items"] if one["contract"] == "uc"],
        (await context["anna"].get("intake", f"/v1/tickets/{ticket}/hand-overs"))["items"][0],
        str((await steps.get_ticket(context, ticket))["state"]),
        await steps.messages_of(context, ticket),
        await steps.messages_of(context, ticket, "jan"),
        late,
    )


async def _forward(context: JourneyContext, ticket: str, at: datetime) -> Problem:
    """Forward it: without a whole record that is refused, with what is missing."""
    path = f"/v1/tickets/{ticket}/forward"
    little = {"to": "partner", "partner": "hosthaven", "seen": RECORD["seen"]}
    problem = await context["anna"].post_expecting_problem("intake", path, little)
    missing = ", ".join(one["pointer"].lstrip("/") for one in problem.body["errors"])
    context.say(
        f"anna forwards {ticket} in a hurry; refused, because these are missing: {missing}."
    )
    due_at = (at + timedelta(hours=4)).isoformat()
    await context["anna"].post("intake", path, RECORD | {"due_at": due_at})
    context.say(f"anna writes the whole record: {ticket} is with Hosthaven, by e-mail.")
    return problem


async def _partner_answers(context: JourneyContext, ticket: str, at: datetime) -> JSON:
    """The partner's service desk answers our mail, with its own number."""
    text = f"We look into it. Our ticket number is {PARTNER_NUMBER}."
    return await _mail_from_partner(context, ticket, text, at)


async def _write_to_partner(context: JourneyContext, ticket: str) -> None:
    """Write to the partner again; it goes below their mail."""
    text = "Dear colleagues,\n\nit also concerns the backups.\n\nKind regards, Anna"
    await steps.act(context, "anna", ticket, "partner-messages", text=text)
    await context.settle()
    sent = correspondence.mails_to(context, DESK, ticket)
    context.say(f"anna writes to Hosthaven; it answers {sent[-1]['In-Reply-To']}.")


async def _partner_fixes(context: JourneyContext, ticket: str, at: datetime) -> JSON:
    """The partner says that it works now; anna takes the ticket back."""
    text = "A disk of the array was broken. We have replaced it."
    answer = await _mail_from_partner(context, ticket, text, at)
    found = "Hosthaven replaced a disk of the storage."
    await steps.act(context, "anna", ticket, "hand-back", found=found, fixed=True)
    context.say(f"anna takes {ticket} back: they say that it is fixed.")
    return answer


async def _check_fix(context: JourneyContext, ticket: str) -> dict[str, Problem]:
    """A fix counts once another person has looked."""
    path = f"/v1/tickets/{ticket}"
    resolution = {"resolution": "Hosthaven says so."}
    checked = {"works": True, "checked": "Ten orders, each in less than a second."}
    anna = context["anna"]
    unchecked = await anna.post_expecting_problem("intake", f"{path}/resolve", resolution)
    context.say(f"anna resolves it at once: {unchecked}")
    check = f"{path}/hand-overs/1/check-fix"
    alone = await anna.post_expecting_problem("intake", check, checked)
    context.say(f"anna checks it herself: {alone}")
    await context["omar"].post("intake", check, checked)
    context.say(f'omar checks it: "{checked["checked"]}"')
    return {"unchecked": unchecked, "alone": alone}


async def _partner_writes_late(context: JourneyContext, ticket: str, at: datetime) -> JSON:
    """The partner writes once more when all is over: somebody reads it, and the ticket stays as it is."""
    await context.settle()
    await _mail_from_partner(context, ticket, "We replace the whole array on Sunday.", at)
    await context.settle()
    cases = await steps.escalations_of(context, ticket=ticket)
    (case,) = (one for one in cases if one["trigger"] == "partner_replied_late")
    context.say(f'{case["key"]} tells anna of it: "{case["title"]}"')
    resolution = {"reason": "Maintenance is announced for Sunday."}
    await context["anna"].post("escalation", f"/v1/escalations/{case['key']}/resolve", resolution)
    await context.settle()
    return case


async def _mail_from_partner(context: JourneyContext, ticket: str, text: str, at: datetime) -> JSON:
    """A colleague at Hosthaven replies to our last mail, from an address of their own."""
    ours = correspondence.mails_to(context, DESK, ticket)[-1]
    raw = build_mail(
        f"RE: {ours['Subject']}",
        text,
        at,
        message_id(DOMAIN),
        answers=str(ours["Message-ID"]),
        thread=tuple(str(ours["References"] or "").split()),
        sender=f"Priya Shah <priya@{DOMAIN}>",
    )
    response = await post_mail(context, raw)
    context.say(f"Priya of Hosthaven replies: {response['outcome']} {response['ticket']['key']}.")
    return response
