"""The meeting: what to talk about, what was said, why promises broke, what has to be done."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, ValidationFailed, Violation
from common.http import ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name
from sla.clocks.store import clocks
from sla.reviews import action_items as obligations
from sla.reviews.domain.action_item import Action
from sla.reviews.routes.publication import locked
from sla.reviews.schemas.requests import ActionAsked, ItemAsked, MinuteAsked, RemarkAsked
from sla.reviews.schemas.responses import ActionTold, MinuteTold, action_told
from sla.reviews.store import meetings
from sla.reviews.store.reviews import Review

routes = router("/v1/reviews", tags=["reviews"])

MOST_ITEMS, MOST_MINUTES, MOST_ACTIONS = 100, 500, 200
"""Of one review: a meeting is not longer, and its paper is read by people."""


class ItemTold(ResponseModel):
    number: int
    title: str
    by: str
    at: datetime


class RemarkTold(ResponseModel):
    ticket: str
    metric: str
    text: str
    by: str
    at: datetime


@routes.post("/{name}/agenda", status_code=201)
async def add_item(
    name: Name,
    asked: ItemAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ItemTold:
    """Something to talk about, beside what the figures bring up by themselves."""
    review = await locked(tx, name, caller, request)
    at = await transaction_time(tx)
    number = await meetings.add_item(tx, review.id, asked.title, caller.sub, at)
    _at_most(number, MOST_ITEMS, "agenda items")
    await _said(tx, review, caller, "review.agenda", at)
    return ItemTold(number=number, title=asked.title, by=caller.sub, at=at)


@routes.post("/{name}/minutes", status_code=201)
async def take_minutes(
    name: Name,
    asked: MinuteAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> MinuteTold:
    """What was said. The customer reads it, too."""
    review = await locked(tx, name, caller, request)
    at = await transaction_time(tx)
    number = await meetings.add_minute(tx, review.id, asked.text, caller.sub, at)
    _at_most(number, MOST_MINUTES, "minutes")
    await _said(tx, review, caller, "review.minutes", at)
    return MinuteTold(number=number, text=asked.text, by=caller.sub, at=at)


@routes.post("/{name}/breach-comments", status_code=201)
async def give_reason(
    name: Name,
    asked: RemarkAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> RemarkTold:
    """Why a promise broke. It stands in what is drawn up from now on; the last word counts."""
    review = await locked(tx, name, caller, request)
    at = await transaction_time(tx)
    found = await clocks.load(tx, [asked.clock_id])
    if not found or found[0].ticket.customer_id != review.customer_id:
        unknown = "this customer has no such clock; the review's breaches name them"
        raise ValidationFailed([Violation("/clock_id", "unknown", unknown)])
    (tracked,) = found
    if tracked.clock.breached_at is None:
        raise Conflict("This promise has not been broken.")
    await meetings.add_remark(tx, tracked.id, asked.text, caller.sub, at)
    await _said(tx, review, caller, "review.reason", at)
    return RemarkTold(
        ticket=tracked.ticket.key,
        metric=tracked.clock.metric,
        text=asked.text,
        by=caller.sub,
        at=at,
    )


@routes.post("/{name}/actions", status_code=201)
async def agree_on(
    name: Name,
    asked: ActionAsked,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ActionTold:
    """Somebody owes something by a date; it comes back in every review until it is verified."""
    review = await locked(tx, name, caller, request)
    known = await meetings.actions_of(tx, review.customer_id, str(review.month))
    _at_most(sum(one.review_id == review.id for one in known) + 1, MOST_ACTIONS, "actions")
    at = await transaction_time(tx)
    action = Action(
        id=uuid7(),
        key=await meetings.next_action_key(tx),
        customer_id=review.customer_id,
        review_id=review.id,
        month=review.month,
        title=asked.title,
        criterion=asked.criterion,
        owner=asked.owner,
        due=asked.due,
        agreed_by=caller.sub,
        agreed_at=at,
    )
    await obligations.agree(tx, review, action, at)
    grounds = {"review": review.key, "owner": action.owner, "due": str(action.due)}
    subject = f"review-action/{action.id}"
    await record(
        tx, Entry(at, caller.sub, "review_action.agree", subject, grounds, caller.via_machine)
    )
    response.headers["Location"] = f"/v1/review-actions/{action.id}"
    return action_told(action)


async def _said(tx: Connection, review: Review, caller: Caller, what: str, at: datetime) -> None:
    """On record. The review's sequence counts what others are told of it: it stays."""
    await record(tx, Entry(at, caller.sub, what, f"review/{review.id}", {}, caller.via_machine))


def _at_most(count: int, most: int, what: str) -> None:
    if count > most:
        raise Conflict(f"A review has at most {most} {what}.")
