"""The routes of action items: finished by their owner, verified by somebody else (R14)."""

from datetime import UTC, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound
from common.http import (
    Page,
    Paging,
    Refers,
    Transaction,
    if_match,
    rejection_response,
    router,
    set_etag,
)
from common.persistence.database import Connection, transaction_time
from common.persistence.keys import id_or_key
from sla.directory.fields import CustomerFilter
from sla.path_parameters import ActionRef
from sla.reviews import action_items
from sla.reviews.domain.action_item import (
    NOT_OWNER,
    ActionItem,
    Statement,
    finish,
    hand_over,
    send_back,
    verify,
)
from sla.reviews.schemas.requests import ActionItemFinish, ActionItemHandOver, ActionItemSendBack
from sla.reviews.schemas.responses import ActionItemRead, to_action_response
from sla.reviews.store import meetings

routes = router("/v1/review-actions", tags=["reviews"])


@routes.get("")
async def list_actions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("actions:work")],
    owner: Annotated[
        str | None, Query(max_length=100, description="By sub."), Refers("person")
    ] = None,
    customer: CustomerFilter = None,
    include_verified: Annotated[
        bool, Query(alias="all", description="Verified ones, too.")
    ] = False,
) -> Page[ActionItemRead]:
    """List action items by their due date, earliest first."""
    after = page.after_as(datetime, UUID)
    position = after and (after[0].date(), after[1])
    rows = await meetings.page_actions(
        tx, owner, customer, not include_verified, page.limit, position
    )
    # A cursor knows instants but no dates: midnight stands for the date.
    return page.page_of(
        rows,
        lambda row: to_action_response(row[0]),
        lambda row: (datetime.combine(row[0].due, time(), UTC), row[0].id),
    )


@routes.get("/{action}")
async def get_action(
    name: ActionRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:work")],
) -> ActionItemRead:
    """Get an action item."""
    record = await meetings.find_action(tx, id_or_key(name))
    if record is None:
        raise NotFound("This action")
    set_etag(response, record[1])
    return to_action_response(record[0])


@routes.post("/{action}/finish", response_model=ActionItemRead)
async def finish_action(
    name: ActionRef,
    body: ActionItemFinish,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:work")],
) -> ActionItemRead | Response:
    """Finish an action item with evidence. Only its owner may."""
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), body.evidence)
    return await _save_outcome(
        tx, action, finish(action, statement), statement, "finish", caller, response
    )


@routes.post("/{action}/verify", response_model=ActionItemRead)
async def verify_action(
    name: ActionRef,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionItemRead | Response:
    """Verify a finished action item. Another person than the owner checks the evidence."""
    action = await _lock_action(tx, name, request)
    statement = Statement(await _second_person(tx, action, caller), await transaction_time(tx), "")
    return await _save_outcome(
        tx, action, verify(action, statement), statement, "verify", caller, response
    )


@routes.post("/{action}/send-back", response_model=ActionItemRead)
async def send_back_action(
    name: ActionRef,
    body: ActionItemSendBack,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionItemRead | Response:
    """Reopen a finished action item whose evidence is not enough. Another person than the owner may."""
    action = await _lock_action(tx, name, request)
    person = await _second_person(tx, action, caller)
    statement = Statement(person, await transaction_time(tx), body.reason)
    return await _save_outcome(
        tx, action, send_back(action, statement), statement, "send_back", caller, response
    )


@routes.post("/{action}/hand-over", response_model=ActionItemRead)
async def hand_over_action(
    name: ActionRef,
    body: ActionItemHandOver,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ActionItemRead | Response:
    """Assign an action item to another owner, or move its due date. Both are recorded.

    One that is overdue may keep its due date; another one is not over yet.
    """
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), f"{body.owner} by {body.due}")
    if body.due != action.due:
        await action_items.check_due(tx, action.customer_id, body.due, statement.at)
    outcome = hand_over(action, body.owner, body.due)
    return await _save_outcome(tx, action, outcome, statement, "hand_over", caller, response)


async def _second_person(tx: Connection, action: ActionItem, caller: Caller) -> str:
    return await counted_as(tx, caller.sub, action.owner, action.done_by)


async def _lock_action(tx: Connection, name: str, request: Request) -> ActionItem:
    record = await meetings.find_action(tx, id_or_key(name), lock=True)
    if record is None:
        raise NotFound("This action")
    if_match(request, record[1], to_action_response(record[0]))
    return record[0]


async def _save_outcome(
    tx: Connection,
    action: ActionItem,
    outcome: ActionItem | Rejection,
    statement: Statement,
    verb: str,
    caller: Caller,
    response: Response,
) -> ActionItemRead | Response:
    """Store and record the outcome. A denial is committed, too, for its audit entry."""
    subject, audit_action = f"review-action/{action.id}", f"review_action.{verb}"
    if isinstance(outcome, Rejection):
        denial = {"why": outcome.code}
        await record(
            tx, Entry.by(caller.actor, statement.at, f"{audit_action}.denied", subject, denial)
        )
        return _denial_response(outcome)
    set_etag(response, await meetings.save_action(tx, outcome))
    await action_items.schedule_deadline(tx, outcome)
    if outcome.state == "verified":
        await action_items.announce_verified(tx, outcome, statement.actor, statement.at)
    grounds = {"state": outcome.state, "owner": outcome.owner, "statement": statement.text}
    await record(tx, Entry.by(caller.actor, statement.at, audit_action, subject, grounds))
    return to_action_response(outcome)


def _denial_response(rejection: Rejection) -> Response:
    """403 where another person may do it, 409 where the state of the action item does not allow it."""
    return rejection_response(rejection, status=403 if rejection == NOT_OWNER else None)
