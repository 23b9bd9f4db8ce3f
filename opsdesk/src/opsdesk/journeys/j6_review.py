"""J6: the month is over; its review is drawn up, published by a second person, and talked about."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage

from opsdesk.api_client import JSON, Problem
from opsdesk.journeys import steps
from opsdesk.journeys.context import Stage
from opsdesk.journeys.support_hours import AMSTERDAM, DAY
from opsdesk.topic_reader import Record

HOUR = timedelta(hours=1)
FORMS = ("html", "pdf", "xlsx", "csv")
REASON = "The label printer's queue had no owner; the second level has one now."


@dataclass(frozen=True, slots=True)
class Told:
    """What J6 saw of one month of Acme, and of what the next one has of it."""

    ticket: str
    key: str
    ended: datetime
    draft: JSON
    hidden: Problem
    own: Problem
    published: JSON
    papers: dict[str, bytes]
    minutes: JSON
    next: JSON
    action: JSON
    leadership: JSON
    letters: list[EmailMessage]
    records: list[Record]


async def play(stage: Stage) -> Told:
    ticket, broken_at = await _late(stage)
    ended = _month_after(broken_at)
    await stage.until(ended)
    key = f"acme-{broken_at.astimezone(AMSTERDAM):%Y-%m}"
    path = f"/v1/reviews/{key}"
    draft = await stage["dana"].get("sla", path)
    _tell(stage, draft)
    jan = stage["jan"]
    hidden = await _not_there(jan.get("sla", path))
    own = await _explained_and_drawn_again(stage, path, draft, ticket)
    await stage["theo"].post("sla", f"{path}/publish")
    await stage.settle()
    stage.say(f"theo publishes {key}; jan sees it in the portal, whoever is concerned has mail.")
    steps.tell_letters(stage, key)
    papers = {form: (await jan.fetch("sla", path, format=form)).content for form in FORMS}
    for form, content in papers.items():
        stage.say(f"  jan fetches review-{key}.{form}: {len(content):,} bytes")
    await stage.until(ended + 2 * DAY + 10 * HOUR)
    agreed = await _meet(stage, path)
    following = _month_after(ended + HOUR)
    await stage.until(following)
    later = f"/v1/reviews/acme-{ended.astimezone(AMSTERDAM):%Y-%m}"
    carried = await stage["dana"].get("sla", later)
    stage.say(f"A month later {agreed['key']} is still open, and on the table again.")
    action = await _done(stage, agreed)
    leadership = await stage["gina"].get("sla", "/v1/leadership-report", month=key[-7:])
    stage.say(f"gina's report for {key[-7:]}: {len(leadership['customers'])} customers.")
    await stage.settle()
    return Told(
        ticket,
        key,
        ended,
        draft,
        hidden,
        own,
        await jan.get("sla", path),
        papers,
        (await jan.get("sla", path))["minutes"][0],
        carried,
        action,
        leadership,
        stage.letters_about(key),
        [one for one in stage.records if one.body.get("review") == key],
    )


def _month_after(at: datetime) -> datetime:
    """The midnight in Amsterdam with which the month of `at` ends."""
    first = at.astimezone(AMSTERDAM).date().replace(day=1)
    return datetime.combine((first + 32 * DAY).replace(day=1), time(), AMSTERDAM)


async def _late(stage: Stage) -> tuple[str, datetime]:
    """A ticket that is answered in time and solved too late; when its promise broke."""
    await stage.settle()
    jan = stage.desks.portal("jan@acme.example")
    wish = {"title": "Labels are not printed", "environment": "acme-prod", "priority": "critical"}
    ticket = str((await jan.post("intake", "/v1/tickets", wish))["key"])
    stage.say(f"jan opens {ticket} in the portal.")
    await stage.settle()
    await steps.reply(stage, "anna", ticket, "Dear Jan,\n\nwe look.\n\nKind regards, Anna")
    await stage.settle()
    deadline = steps.read((await steps.clocks_of(stage, ticket))["resolution"]["deadline"])
    await stage.until(deadline + HOUR)
    await steps.resolve_and_verify(stage, ticket, "anna", "omar", "The queue was restarted.")
    await stage.settle()
    stage.say(f"{ticket} was promised for {steps.on_the_wall(deadline)}, an hour before.")
    return ticket, deadline


async def _not_there(asking: object) -> Problem:
    try:
        await asking  # type: ignore[misc]
    except Problem as problem:
        return problem
    raise AssertionError("a draft is shown to the customer")


async def _explained_and_drawn_again(stage: Stage, path: str, draft: JSON, ticket: str) -> Problem:
    """dana looks at why it broke, says so, draws it up again, and may not publish that herself."""
    (broken,) = [one for one in draft["report"]["breaches"] if one["ticket"] == ticket]
    why = await stage["dana"].get("sla", f"/v1/clocks/{broken['clock_id']}/explanation")
    stage.say(f"Why {ticket} was late, to the second:")
    for interval in why["intervals"]:
        since, until = (steps.on_the_wall(interval[name]) for name in ("since", "until"))
        stage.say(f"  {since} - {until}: {interval['counted_seconds']:>6} s  {interval['why']}")
    reason = {"clock_id": broken["clock_id"], "text": REASON}
    await stage["dana"].post("sla", f"{path}/reasons", reason)
    await stage["dana"].post("sla", f"{path}/draw-again")
    own = await stage["dana"].refused("sla", f"{path}/publish")
    stage.say(f"dana gives the reason and draws it up again; publishing it herself: {own}")
    return own


def _tell(stage: Stage, draft: JSON) -> None:
    usage = draft["report"]["usage"]
    kept = usage["compliance"]
    stage.say(f"Midnight in Amsterdam: {draft['key']} is drawn up. On its agenda:")
    for item in draft["agenda"]:
        stage.say(f"  {item}")
    raw, adjusted = f"{kept['raw']:.0%}", f"{kept['adjusted']:.0%}"
    stage.say(f"  kept: {raw} raw, {adjusted} with approved breaches")


async def _meet(stage: Stage, path: str) -> JSON:
    said = {"text": "Jan asks that somebody watches the label printer at night."}
    await stage["dana"].post("sla", f"{path}/minutes", said)
    wish = {
        "title": "Watch the label printer's queue",
        "criterion": "An alert for a queue that stands still was seen",
        "owner": "anna",
        "due": str((await stage.settle()).astimezone(AMSTERDAM).date() + 7 * DAY),
    }
    agreed = await stage["dana"].post("sla", f"{path}/actions", wish)
    stage.say(f"dana takes minutes; anna owes {agreed['key']} until {agreed['due']}.")
    await stage.settle()
    steps.tell_letters(stage, agreed["key"])
    return agreed


async def _done(stage: Stage, agreed: JSON) -> JSON:
    path = f"/v1/review-actions/{agreed['key']}"
    evidence = {"evidence": "The alert of last night: the queue stood still for five minutes."}
    await stage["anna"].post("sla", f"{path}/finish", evidence)
    own = await stage["anna"].refused("sla", f"{path}/verify")
    stage.say(f"anna has done it; verifying it herself: {own}")
    await stage["omar"].post("sla", f"{path}/verify")
    stage.say(f"omar has seen the alert: {agreed['key']} is done.")
    action: JSON = await stage["dana"].get("sla", path)
    return action
