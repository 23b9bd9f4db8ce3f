"""J13: two tickets become one by mistake, and two people take them apart again; no word is lost."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import JourneyContext
from opsdesk.journeys.mails import build_mail, message_id, post_mail
from opsdesk.journeys.steps import format_local
from opsdesk.journeys.support_hours import next_working_morning
from opsdesk.topic_reader import Record

APART = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of both tickets by metric, at one time."""

    early: dict[str, JSON]
    late: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Result:
    """The facts of J13: `early` was merged into `late`, and separated again."""

    early: str
    late: str
    before: Clocks
    merged: Clocks
    separated: Clocks
    while_merged: JSON
    alone: Problem
    early_state: str
    unmerged: list[Record]
    early_texts: list[str]
    late_texts: list[str]
    late_read_by_jan: list[str]


async def play(context: JourneyContext) -> Result:
    start = next_working_morning(await context.settle())
    await context.advance_to(start)
    early, first_id = await _open_by_mail(context, "The scale shows nothing", start)
    await context.advance_to(start + APART)
    late, _ = await _open_by_mail(context, "The scale shows too much", start + APART)
    await context.settle()
    before = await _clocks(context, early, late)
    await steps.act(context, "anna", early, "merge", into=late)
    await context.settle()
    merged = await _clocks(context, early, late)
    context.say(f"anna takes both for one and merges {early} into {late}.")
    _report(context, "before", before.late)
    _report(context, "merged", merged.late)
    while_merged = await _reply_to_merged(context, first_id, start + APART)
    alone = await _separate(context, early, late)
    await context.settle()
    separated = await _clocks(context, early, late)
    _report(context, "apart again", separated.late)
    result = Result(
        early,
        late,
        before,
        merged,
        separated,
        while_merged,
        alone,
        str((await steps.get_ticket(context, early))["state"]),
        context.events_of("ticket.unmerged", ticket=early),
        [one["text"] for one in await steps.messages_of(context, early)],
        [one["text"] for one in await steps.messages_of(context, late)],
        [one["text"] for one in await steps.messages_of(context, late, "jan")],
    )
    for ticket in (early, late):
        await steps.resolve_and_verify(context, ticket, "anna", "omar", "The scale is calibrated.")
    await context.settle()
    return result


async def _open_by_mail(context: JourneyContext, subject: str, at: datetime) -> tuple[str, str]:
    """jan writes a mail; the key of its ticket, and the mail's id."""
    id = message_id()
    response = await post_mail(context, build_mail(subject, f"{subject} since today.", at, id))
    key = str(response["ticket"]["key"])
    context.say(f"{format_local(at)}: jan writes, {key} is open: {subject}.")
    return key, id


async def _clocks(context: JourneyContext, early: str, late: str) -> Clocks:
    return Clocks(await steps.clocks_of(context, early), await steps.clocks_of(context, late))


def _report(context: JourneyContext, when: str, clocks: dict[str, JSON]) -> None:
    deadline = format_local(clocks["first_response"]["deadline"])
    context.say(f"  {when}: {clocks['first_response']['ticket']} is owed an answer by {deadline}")


async def _reply_to_merged(context: JourneyContext, first_id: str, at: datetime) -> JSON:
    """jan goes on in the thread of the merged ticket: his words reach the other one."""
    raw = build_mail(
        "Re: The scale shows nothing", "Still nothing at all.", at, message_id(), answers=first_id
    )
    response = await post_mail(context, raw)
    context.say(f"jan writes in the old thread: {response['outcome']} {response['ticket']['key']}.")
    return response


async def _separate(context: JourneyContext, early: str, late: str) -> Problem:
    """anna asks for it, omar agrees, and takes along what jan wrote meanwhile."""
    await steps.act(context, "anna", early, "unmerge", reason="They are two scales")
    path = f"/v1/tickets/{early}/unmerge/confirm"
    alone = await context["anna"].post_expecting_problem("intake", path, {"agree": True})
    context.say(f"They are two scales. anna separates them alone: {alone}")
    meanwhile = [
        one["id"] for one in await steps.messages_of(context, late) if "at all" in one["text"]
    ]
    await context["omar"].post("intake", path, {"agree": True, "messages": meanwhile})
    context.say("omar agrees: two tickets again, and jan's words from meanwhile are on both.")
    return alone
