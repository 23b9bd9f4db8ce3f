"""Actions of reviews: done by their owner, verified by somebody else (R14)."""

from datetime import UTC, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, Problem
from common.http import (
    Page,
    Paging,
    Refers,
    encode_cursor,
    if_match,
    problem_response,
    router,
    set_etag,
)
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name, id_or_key
from sla.directory.fields import CustomerFilter
from sla.reviews import action_items
from sla.reviews.domain.action_item import (
    ActionItem,
    Rejection,
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
    """List action items, the one due first first."""
    after = page.after_as(datetime, UUID)
    position = after and (after[0].date(), after[1])
    rows = await meetings.page_actions(
        tx, owner, customer, not include_verified, page.limit, position
    )
    items = [to_action_response(action) for action, _ in rows[: page.limit]]
    last = items[-1] if len(rows) > page.limit else None
    next_position = (datetime.combine(last.due, time(), UTC), last.id) if last else None
    return Page[ActionItemRead](
        items=items, next=encode_cursor(*next_position) if next_position else None
    )


@routes.get("/{name}")
async def get_action(
    name: Name,
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


@routes.post("/{name}/finish", response_model=ActionItemRead)
async def finish_action(
    name: Name,
    body: ActionItemFinish,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:work")],
) -> ActionItemRead | Response:
    """Finish an action item with evidence. By its owner."""
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), body.evidence)
    return await _save_outcome(
        tx, action, finish(action, statement), statement, "finish", caller, response
    )


@routes.post("/{name}/verify", response_model=ActionItemRead)
async def verify_action(
    name: Name,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionItemRead | Response:
    """Verify a finished action item. By another person than the owner, who has seen the evidence."""
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), "")
    return await _save_outcome(
        tx, action, verify(action, statement), statement, "verify", caller, response
    )


@routes.post("/{name}/send-back", response_model=ActionItemRead)
async def send_back_action(
    name: Name,
    body: ActionItemSendBack,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionItemRead | Response:
    """Reopen a finished action item whose evidence is not enough. By another person than the owner."""
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), body.reason)
    return await _save_outcome(
        tx, action, send_back(action, statement), statement, "send_back", caller, response
    )


@routes.post("/{name}/hand-over", response_model=ActionItemRead)
async def hand_over_action(
    name: Name,
    body: ActionItemHandOver,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ActionItemRead | Response:
    """Assign an action item to another owner, or move its due day. Who did that is on record."""
    action = await _lock_action(tx, name, request)
    statement = Statement(caller.sub, await transaction_time(tx), f"{body.owner} by {body.due}")
    outcome = hand_over(action, body.owner, body.due)
    return await _save_outcome(tx, action, outcome, statement, "hand_over", caller, response)


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
    """Store what came of it; a refusal commits too, so that the attempt is on record."""
    subject = f"review-action/{action.id}"
    if not isinstance(outcome, ActionItem):
        audit_action = f"review_action.{verb}.denied"
        denial = Entry(
            statement.at,
            statement.actor,
            audit_action,
            subject,
            {"why": outcome},
            caller.via_machine,
        )
        await record(tx, denial)
        return problem_response(PROBLEMS[outcome])
    set_etag(response, await meetings.save_action(tx, outcome))
    await action_items.schedule_deadline(tx, outcome)
    grounds = {"state": outcome.state, "owner": outcome.owner, "said": statement.text}
    audit_action = f"review_action.{verb}"
    await record(
        tx, Entry(statement.at, statement.actor, audit_action, subject, grounds, caller.via_machine)
    )
    return to_action_response(outcome)


PROBLEMS: dict[Rejection, Problem] = {
    "NOT_OWNER": Forbidden("Its owner finishes it; hand it over first.", code="NOT_OWNER"),
    "SELF_VERIFICATION": Forbidden(
        "Somebody else than its owner looks at the evidence.", code="SELF_VERIFICATION"
    ),
    "NOT_OPEN": Conflict("It waits to be verified, or is verified.", code="NOT_OPEN"),
    "NOT_DONE": Conflict("Its owner has not finished it, or it is verified.", code="NOT_DONE"),
    "VERIFIED": Conflict("It is done and verified.", code="VERIFIED"),
}
