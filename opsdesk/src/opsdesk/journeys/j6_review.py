"""J6: the month is over; its review is generated, published by a second person, and discussed."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.support_hours import AMSTERDAM, DAY
from opsdesk.topic_reader import Record

HOUR = timedelta(hours=1)
FORMATS = ("html", "pdf", "xlsx", "csv")
OTHER_REASON = "It was part of an exercise; nobody worked on it."
REASON = "The label printer's queue had no owner; the second level has one now."


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J6, about the review of a month of Acme and of the next one."""

    ticket: str
    key: str
    ended_at: datetime
    draft: JSON
    hidden_from_customer: Problem
    own_approval_denied: Problem
    published: JSON
    shown_to_customer: JSON
    documents: dict[str, bytes]
    minutes: JSON
    next_review: JSON
    action: JSON
    leadership: JSON
    letters: list[EmailMessage]
    records: list[Record]


async def play(context: JourneyContext) -> Result:
    ticket, breached_at = await _breach_a_promise(context)
    ended_at = _month_after(breached_at)
    await context.advance_to(ended_at)
    key = f"acme-{breached_at.astimezone(AMSTERDAM):%Y-%m}"
    path = f"/v1/reviews/{key}"
    draft = await context["dana"].get("sla", path, language="en")
    _report(context, draft)
    jan = context["jan"]
    hidden_from_customer = await _expect_not_found(jan.get("sla", path))
    own_approval_denied = await _explain_and_regenerate(context, path, draft, ticket)
    await context["theo"].post("sla", f"{path}/publish")
    await context.settle()
    context.say(f"theo publishes {key}; jan sees it in the portal, whoever is concerned has mail.")
    steps.report_mails(context, key)
    documents = {
        form: (await jan.get_response("sla", path, format=form)).content for form in FORMATS
    }
    for form, content in documents.items():
        context.say(f"  jan fetches review-{key}.{form}: {len(content):,} bytes")
    await context.advance_to(ended_at + 2 * DAY + 10 * HOUR)
    agreed_action = await _hold_meeting(context, path)
    next_review = _month_after(ended_at + HOUR)
    await context.advance_to(next_review)
    later_action = f"/v1/reviews/acme-{ended_at.astimezone(AMSTERDAM):%Y-%m}"
    carried_action = await context["dana"].get("sla", later_action, language="en")
    context.say(f"A month later {agreed_action['key']} is still open, and on the table again.")
    action = await _complete_action(context, agreed_action)
    leadership = await context["gina"].get("sla", "/v1/leadership-report", month=key[-7:])
    context.say(f"gina's report for {key[-7:]}: {len(leadership['customers'])} customers.")
    await context.settle()
    present = await context["dana"].get("sla", path)
    return Result(
        ticket,
        key,
        ended_at,
        draft,
        hidden_from_customer,
        own_approval_denied,
        present,
        await jan.get("sla", path),
        documents,
        present["minutes"][0],
        carried_action,
        action,
        leadership,
        context.mails_about(key),
        [one for one in context.events if one.body.get("review") == key],
    )


def _month_after(at: datetime) -> datetime:
    """Return the midnight in Amsterdam at which the month of `at` ends."""
    first = at.astimezone(AMSTERDAM).date().replace(day=1)
    return datetime.combine((first + 32 * DAY).replace(day=1), time(), AMSTERDAM)


async def _breach_a_promise(context: JourneyContext) -> tuple[str, datetime]:
    """Create a ticket that is answered in time and resolved too late.

    Returns its key and its deadline.
    """
    await context.settle()
    jan = context.clients.portal_client("jan@acme.example")
    body = {"title": "Labels are not printed", "environment": "acme-prod", "priority": "critical"}
    ticket = str((await jan.post("intake", "/v1/tickets", body))["key"])
    context.say(f"jan opens {ticket} in the portal.")
    await context.settle()
    await steps.reply(context, "anna", ticket, "Dear Jan,\n\nwe look.\n\nKind regards, Anna")
    await context.settle()
    deadline = steps.parse_instant(
        (await steps.clocks_of(context, ticket))["resolution"]["deadline"]
    )
    await context.advance_to(deadline + HOUR)
    await steps.resolve_and_verify(context, ticket, "anna", "omar", "The queue was restarted.")
    await context.settle()
    context.say(f"{ticket} was promised for {steps.format_local(deadline)}, an hour before.")
    return ticket, deadline


async def _expect_not_found(asking: Awaitable[object]) -> Problem:
    try:
        await asking
    except Problem as problem:
        return problem
    raise AssertionError("a draft is shown to the customer")


async def _explain_and_regenerate(
    context: JourneyContext, path: str, draft: JSON, ticket: str
) -> Problem:
    """Read the explanation, comment the breach and regenerate the report as dana.

    Returns the denial of publishing it herself.
    """
    (broken,) = [one for one in draft["report"]["breaches"] if one["ticket"] == ticket]
    why = await context["dana"].get("sla", f"/v1/clocks/{broken['clock_id']}/explanation")
    context.say(f"Why {ticket} was late, to the second:")
    for interval in why["intervals"]:
        since, until = (steps.format_local(interval[name]) for name in ("starts_at", "ends_at"))
        context.say(
            f"  {since} - {until}: {interval['elapsed_seconds']:>6} s  {interval['reason']}"
        )
    reason = {"clock_id": broken["clock_id"], "text": REASON}
    await context["dana"].post("sla", f"{path}/breach-comments", reason)
    await _explain_others(context, path, draft, ticket)
    await context["dana"].post("sla", f"{path}/regenerate")
    own = await context["dana"].post_expecting_problem("sla", f"{path}/publish")
    context.say(f"dana gives the reason and draws it up again; publishing it herself: {own}")
    return own


async def _explain_others(context: JourneyContext, path: str, draft: JSON, ticket: str) -> None:
    """Say why the month's other promises were broken: without a reason nothing is published."""
    for one in draft["report"]["breaches"]:
        if one["ticket"] != ticket and one["comment"] is None and one["waiver"] is None:
            other = {"clock_id": one["clock_id"], "text": OTHER_REASON}
            await context["dana"].post("sla", f"{path}/breach-comments", other)


def _report(context: JourneyContext, draft: JSON) -> None:
    usage = draft["report"]["usage"]
    compliance = usage["compliance"]
    context.say(f"Midnight in Amsterdam: {draft['key']} is drawn up. On its agenda:")
    for item in draft["agenda"]:
        context.say(f"  {item}")
    raw, adjusted = f"{compliance['raw']:.0%}", f"{compliance['adjusted']:.0%}"
    context.say(f"  met: {raw} raw, {adjusted} with waived breaches")


async def _hold_meeting(context: JourneyContext, path: str) -> JSON:
    minute = {"text": "Jan asks that somebody watches the label printer at night."}
    await context["dana"].post("sla", f"{path}/minutes", minute)
    body = {
        "title": "Watch the label printer's queue",
        "criterion": "An alert for a queue that stands still was seen",
        "owner": "anna",
        "due": str((await context.settle()).astimezone(AMSTERDAM).date() + 7 * DAY),
    }
    action = await context["dana"].post("sla", f"{path}/actions", body)
    context.say(f"dana takes minutes; anna owes {action['key']} until {action['due']}.")
    await context.settle()
    steps.report_mails(context, action["key"])
    return action


async def _complete_action(context: JourneyContext, agreed_action: JSON) -> JSON:
    path = f"/v1/review-actions/{agreed_action['key']}"
    evidence = {"evidence": "The alert of last night: the queue stood still for five minutes."}
    await context["anna"].post("sla", f"{path}/finish", evidence)
    own = await context["anna"].post_expecting_problem("sla", f"{path}/verify")
    context.say(f"anna has done it; verifying it herself: {own}")
    await context["omar"].post("sla", f"{path}/verify")
    context.say(f"omar has seen the alert: {agreed_action['key']} is done.")
    action: JSON = await context["dana"].get("sla", path)
    return action
