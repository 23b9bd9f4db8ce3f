"""The work that refusals oblige to: done by one person, confirmed by another (G5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import NotFound
from common.events.deliveries import (
    FollowUpClosed,
    FollowUpEvent,
    FollowUpEvidenceSubmitted,
    FollowUpReopened,
)
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    encode_cursor,
    if_match,
    router,
    set_etag,
)
from common.messaging.outbox import publish
from common.persistence.database import Connection, Transaction, transaction_time
from delivery_gate.criteria.domain.verdict import FollowUpKind, Rejection
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import CommandContext
from delivery_gate.denials import actor_of, deny
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import record_explanation
from delivery_gate.fields import FreeText, PathReference
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.domain import FollowUp, FollowUpState, close, confirm, reject

routes = router("/v1/follow-ups", ["follow-ups"])

Confirmer = Annotated[Caller, requires("follow-ups:confirm")]


class FollowUpClose(RequestModel):
    """What shows that the work is done: a link, a run, a document."""

    evidence: FreeText


class FollowUpRead(ResponseModel):
    """`blocks_delivery`: the version may not be delivered anywhere meanwhile."""

    id: UUID
    key: str
    kind: FollowUpKind
    task: str
    state: FollowUpState
    delivery_id: UUID | None
    environment: str
    product: str | None
    version: str | None
    blocks_delivery: bool
    opened_at: datetime
    evidence: str | None
    closed_by: str | None
    closed_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None


@routes.get("")
async def list_follow_ups(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    state: FollowUpState | None = None,
    product: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[FollowUpRead]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    rows = await store.page(tx, state, product, after, page.limit + 1)
    items = [to_response(one) for one in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(
        items=items, next=encode_cursor(items[-1].opened_at, items[-1].id) if more else None
    )


@routes.get("/{ref}")
async def get_follow_up(
    ref: PathReference,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> FollowUpRead:
    follow_up = await store.find(tx, ref)
    if follow_up is None:
        raise NotFound(f"Follow-up {ref}")
    set_etag(response, follow_up.sequence)
    return to_response(follow_up)


@routes.post("/{ref}/close", response_model=FollowUpRead)
async def close_follow_up(
    ref: PathReference,
    body: FollowUpClose,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("follow-ups:work")],
) -> FollowUpRead | Response:
    """Say that it is done, with evidence. It holds until another person confirms."""
    context, follow_up = await _load_locked(tx, ref, caller, request)
    outcome = close(follow_up, caller.sub, body.evidence, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.close", f"follow-up/{follow_up.id}", outcome)
    return await _save_and_respond(
        context, outcome, FollowUpEvidenceSubmitted, "follow_up.close", response
    )


@routes.post("/{ref}/reject", response_model=FollowUpRead)
async def reject_follow_up(
    ref: PathReference, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpRead | Response:
    """The evidence does not hold: the work is open again."""
    context, follow_up = await _load_locked(tx, ref, caller, request)
    outcome = reject(follow_up, caller.sub)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.reject", f"follow-up/{follow_up.id}", outcome)
    return await _save_and_respond(context, outcome, FollowUpReopened, "follow_up.reject", response)


@routes.post("/{ref}/confirm", response_model=FollowUpRead)
async def confirm_follow_up(
    ref: PathReference, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpRead | Response:
    """A second person agrees: the version is free again; a drift is explained (G10)."""
    context, follow_up = await _load_locked(tx, ref, caller, request)
    outcome = confirm(follow_up, caller.sub, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.confirm", f"follow-up/{follow_up.id}", outcome)
    drift = context.environment.drift
    if drift is not None and outcome.explains(drift.started_at):
        await record_explanation(context)
    closer = {"closed_by": outcome.closed_by}
    return await _save_and_respond(
        context, outcome, FollowUpClosed, "follow_up.confirm", response, **closer
    )


async def _load_locked(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[CommandContext, FollowUp]:
    ids = await store.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Follow-up {ref}")
    environment = await environments.lock(tx, ids[1])
    follow_up = await store.lock(tx, ids[0])
    if_match(request, follow_up.sequence, to_response(follow_up))
    return CommandContext(tx, environment, actor_of(caller), await transaction_time(tx)), follow_up


async def _save_and_respond(
    context: CommandContext,
    follow_up: FollowUp,
    event: type[FollowUpEvent],
    action: str,
    response: Response,
    **more: Any,
) -> FollowUpRead:
    stored, outbox_event = events.follow_up_event(
        event, follow_up, context.at, context.actor.sub, **more
    )
    await store.save(context.tx, stored)
    await publish(context.tx, outbox_event)
    await context.audit(action, f"follow-up/{stored.id}", key=stored.key, state=stored.state)
    set_etag(response, stored.sequence)
    return to_response(stored)


def to_response(follow_up: FollowUp) -> FollowUpRead:
    held = follow_up.held
    return FollowUpRead(
        id=follow_up.id,
        key=follow_up.key,
        kind=follow_up.kind,
        task=follow_up.task,
        state=follow_up.state,
        delivery_id=follow_up.delivery_id,
        environment=follow_up.environment,
        product=held.product if held else None,
        version=held.name if held else None,
        blocks_delivery=held is not None and follow_up.state != "confirmed",
        opened_at=follow_up.opened_at,
        evidence=follow_up.evidence,
        closed_by=follow_up.closed_by,
        closed_at=follow_up.closed_at,
        confirmed_by=follow_up.confirmed_by,
        confirmed_at=follow_up.confirmed_at,
    )
