"""Emergency changes: for an open Blocker on this very environment, by two people (R7, G8)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.events.deliveries import EmergencyAuthorized, EmergencyRequested
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
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.verdict import Rejection
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import CommandContext
from delivery_gate.deliveries.store import deliveries
from delivery_gate.denials import actor_of, deny
from delivery_gate.emergencies import domain as emergency
from delivery_gate.emergencies import store
from delivery_gate.emergencies.domain import Blocker, EmergencyChange, EmergencyState
from delivery_gate.environments import commands as environment_commands
from delivery_gate.environments import store as environments
from delivery_gate.fields import FreeText, Line, PathReference
from delivery_gate.keys import next_key

routes = router("/v1/emergency-changes", ["emergency changes"])

Worker = Annotated[Caller, requires("emergencies:work")]
NO_TICKET_ID = UUID(int=0)


class EmergencyCreate(RequestModel):
    """`ticket`: id or key of the open Blocker on this environment. `description` is changed, and why."""

    environment: Line
    ticket: Line
    description: FreeText


class EmergencyRevoke(RequestModel):
    reason: FreeText


class EmergencyRead(ResponseModel):
    """Name its id or key in `contains` of the version that pays the debt."""

    id: UUID
    key: str
    environment: str
    ticket_id: UUID
    ticket: str
    description: str
    state: EmergencyState
    requested_by: str
    requested_at: datetime
    authorized_by: str | None
    authorized_at: datetime | None
    applied_by: str | None
    applied_at: datetime | None
    settled_by_version: UUID | None
    settled_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str | None


@routes.post("", status_code=201, response_model=EmergencyRead)
async def request_emergency(
    body: EmergencyCreate, response: Response, tx: Transaction, caller: Worker
) -> EmergencyRead | Response:
    """Ask for a change without a version. Denied unless there is an open Blocker right there."""
    environment = await environments.find(tx, body.environment, lock=True)
    if environment is None:
        raise ValidationFailed(
            [Violation("/environment", "unknown", "there is no such environment")]
        )
    context = CommandContext(tx, environment, actor_of(caller), await transaction_time(tx))
    blocker = await store.find_blocker(tx, body.ticket)
    requested = EmergencyChange(
        id=uuid7(),
        key="",
        environment=environment.key,
        ticket_id=blocker.ticket_id if blocker else NO_TICKET_ID,
        ticket=blocker.key if blocker else body.ticket,
        description=body.description,
        requested_by=caller.sub,
        requested_at=context.at,
    )
    pending = await store.get_pending(tx, environment.id)
    outcome = emergency.request(requested, blocker, environment, pending)
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.request", f"environment/{environment.id}", outcome)
    stored = await _save_requested(context, outcome)
    response.headers["Location"] = f"/v1/emergency-changes/{stored.id}"
    set_etag(response, stored.sequence)
    return EmergencyRead.model_validate(stored)


@routes.get("")
async def list_emergencies(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
    state: EmergencyState | None = None,
) -> Page[EmergencyRead]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    rows = await store.page(tx, environment, state, after, page.limit + 1)
    items = [EmergencyRead.model_validate(one) for one in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page(
        items=items, next=encode_cursor(items[-1].requested_at, items[-1].id) if more else None
    )


@routes.get("/{ref}")
async def get_emergency(
    ref: PathReference,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> EmergencyRead:
    change = await store.find(tx, ref)
    if change is None:
        raise NotFound(f"Emergency change {ref}")
    set_etag(response, change.sequence)
    return EmergencyRead.model_validate(change)


@routes.post("/{ref}/authorize", response_model=EmergencyRead)
async def authorize_emergency(
    ref: PathReference,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("emergencies:authorize")],
) -> EmergencyRead | Response:
    """A second person takes the responsibility too."""
    context, change, blocker = await _load_locked(tx, ref, caller, request)
    outcome = emergency.authorize(change, caller.sub, context.at, blocker)
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.authorize", f"emergency/{change.id}", outcome)
    stored, event = events.emergency_event(
        EmergencyAuthorized, outcome, context.environment, context.at, caller.sub
    )
    await store.save(tx, stored)
    await publish(tx, event)
    await context.audit("emergency.authorize", f"emergency/{stored.id}", ticket=stored.ticket)
    return EmergencyRead.model_validate(stored)


@routes.post("/{ref}/apply", response_model=EmergencyRead)
async def apply_emergency(
    ref: PathReference, request: Request, tx: Transaction, caller: Worker
) -> EmergencyRead | Response:
    """It is done: the environment owes a version with this change, and accepts nothing else."""
    context, change, blocker = await _load_locked(tx, ref, caller, request)
    environment = context.environment
    busy = await deliveries.is_busy(tx, environment.id)
    outcome = emergency.apply(change, caller.sub, context.at, blocker, environment, busy=busy)
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.apply", f"emergency/{change.id}", outcome)
    debt_after = request.app.state.settings.debt_after
    return EmergencyRead.model_validate(
        await environment_commands.record_applied(context, outcome, debt_after)
    )


@routes.post("/{ref}/revoke", response_model=EmergencyRead)
async def revoke_emergency(
    ref: PathReference, body: EmergencyRevoke, request: Request, tx: Transaction, caller: Worker
) -> EmergencyRead | Response:
    """Take the permission back before it is used."""
    context, change, _ = await _load_locked(tx, ref, caller, request)
    outcome = emergency.revoke(change, body.reason, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.revoke", f"emergency/{change.id}", outcome)
    return EmergencyRead.model_validate(
        await environment_commands.record_revoked(context, outcome, body.reason)
    )


async def _save_requested(context: CommandContext, change: EmergencyChange) -> EmergencyChange:
    change_with_key = emergency.with_key(change, await next_key(context.tx, "EMC"))
    stored, event = events.emergency_event(
        EmergencyRequested, change_with_key, context.environment, context.at, context.actor.sub
    )
    await store.add(context.tx, stored, context.environment)
    await publish(context.tx, event)
    await context.audit("emergency.request", f"emergency/{stored.id}", ticket=stored.ticket)
    return stored


async def _load_locked(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[CommandContext, EmergencyChange, Blocker | None]:
    """The environment is locked before the Blocker is read: who lifts it waits, or was first."""
    ids = await store.ids_to_lock(tx, ref)
    if ids is None:
        raise NotFound(f"Emergency change {ref}")
    environment = await environments.lock(tx, ids[1])
    change = await store.lock(tx, ids[0])
    if_match(request, change.sequence, EmergencyRead.model_validate(change))
    blocker = await store.get_blocker(tx, change.ticket_id)
    return (
        CommandContext(tx, environment, actor_of(caller), await transaction_time(tx)),
        change,
        blocker,
    )
