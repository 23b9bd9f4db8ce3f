"""The routes of the meeting: agenda, minutes, comments on breaches, action items."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, ValidationFailed, Violation
from common.http import ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.clocks.store import clocks
from sla.path_parameters import ReviewRef
from sla.reviews import action_items
from sla.reviews.domain.action_item import ActionItem
from sla.reviews.routes.publication import lock_review
from sla.reviews.schemas.report_figures import MinuteRead
from sla.reviews.schemas.requests import (
    ActionItemCreate,
    AgendaItemCreate,
    BreachCommentCreate,
    MinuteCreate,
)
from sla.reviews.schemas.responses import ActionItemRead, to_action_response
from sla.reviews.store import meetings
from sla.reviews.store.reviews import Review

routes = router("/v1/reviews", tags=["reviews"])

MAX_AGENDA_ITEMS, MAX_MINUTE_ENTRIES, MAX_ACTIONS = 100, 500, 200
"""The most that one review may have of each."""


class AgendaItemRead(ResponseModel):
    number: int
    title: str
    by: str
    at: datetime


class BreachCommentRead(ResponseModel):
    ticket: str
    metric: str
    text: str
    by: str
    at: datetime


@routes.post("/{review}/agenda", status_code=201)
async def add_agenda_item(
    name: ReviewRef,
    body: AgendaItemCreate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> AgendaItemRead:
    """Add an item to the agenda of a review, beside the items that follow from its figures."""
    review = await lock_review(tx, name, caller, request)
    at = await transaction_time(tx)
    number = await meetings.add_agenda_item(tx, review.id, body.title, caller.sub, at)
    _check_limit(number, MAX_AGENDA_ITEMS, "agenda items")
    await _record_audit(tx, review, caller, "review.agenda", at)
    return AgendaItemRead(number=number, title=body.title, by=caller.sub, at=at)


@routes.post("/{review}/minutes", status_code=201)
async def add_minute(
    name: ReviewRef,
    body: MinuteCreate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> MinuteRead:
    """Add minutes to a review. The customer reads them from the next edition on."""
    review = await lock_review(tx, name, caller, request)
    at = await transaction_time(tx)
    number = await meetings.add_minute(tx, review.id, body.text, caller.sub, at)
    _check_limit(number, MAX_MINUTE_ENTRIES, "minutes")
    await _record_audit(tx, review, caller, "review.minutes", at)
    return MinuteRead(number=number, text=body.text, by=caller.sub, at=at)


@routes.post("/{review}/breach-comments", status_code=201)
async def add_breach_comment(
    name: ReviewRef,
    body: BreachCommentCreate,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("reviews:write")],
) -> BreachCommentRead:
    """Add a comment that explains a breach of the month. Reviews that are generated from now on show
    the newest one."""
    review = await lock_review(tx, name, caller, request)
    at = await transaction_time(tx)
    ticket_clock = next(iter(await clocks.load(tx, [body.clock_id])), None)
    if ticket_clock is None or ticket_clock.ticket.customer_id != review.customer_id:
        detail = "this customer has no such clock; the review's breaches name them"
        raise ValidationFailed([Violation("/clock_id", "unknown_reference", detail)])
    if ticket_clock.clock.breached_at is None:
        raise Conflict("This promise was not breached.", code="NOT_BREACHED", type="conflict")
    await meetings.add_breach_comment(tx, ticket_clock.id, body.text, caller.sub, at)
    await _record_audit(tx, review, caller, "review.reason", at)
    return BreachCommentRead(
        ticket=ticket_clock.ticket.key,
        metric=ticket_clock.clock.metric,
        text=body.text,
        by=caller.sub,
        at=at,
    )


@routes.post("/{review}/actions", status_code=201)
async def create_action(
    name: ReviewRef,
    body: ActionItemCreate,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ActionItemRead:
    """Create an action item of a review. Every later review shows it until it is verified.

    It is due today, in the customer's zone, or later.
    """
    review = await lock_review(tx, name, caller, request)
    existing = await meetings.list_actions_until(tx, review.customer_id, str(review.month))
    _check_limit(sum(one.review_id == review.id for one in existing) + 1, MAX_ACTIONS, "actions")
    at = await transaction_time(tx)
    await action_items.check_due(tx, review.customer_id, body.due, at)
    action = ActionItem(
        id=uuid7(),
        key=await meetings.next_action_key(tx),
        customer_id=review.customer_id,
        review_id=review.id,
        month=review.month,
        title=body.title,
        criterion=body.criterion,
        owner=body.owner,
        due=body.due,
        agreed_by=caller.sub,
        agreed_at=at,
    )
    await action_items.create_action(tx, review, action, at)
    grounds = {"review": review.key, "owner": action.owner, "due": str(action.due)}
    subject = f"review-action/{action.id}"
    await record(tx, Entry.by(caller.actor, at, "review_action.agree", subject, grounds))
    response.headers["Location"] = f"/v1/review-actions/{action.id}"
    return to_action_response(action)


async def _record_audit(
    tx: Connection, review: Review, caller: Caller, action: str, at: datetime
) -> None:
    """Record an act that publishes no event, so that the review's sequence does not change."""
    await record(tx, Entry.by(caller.actor, at, action, f"review/{review.id}", {}))


def _check_limit(count: int, limit: int, noun: str) -> None:
    if count > limit:
        raise Conflict(
            f"A review has at most {limit} {noun}.",
            code="REVIEW_FULL",
            type="conflict",
            parameters={"limit": str(limit)},
        )
