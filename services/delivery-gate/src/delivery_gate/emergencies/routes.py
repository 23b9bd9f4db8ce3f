"""HTTP routes of emergency changes (R7, G8)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router, runtime_of, set_etag
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from delivery_gate.denials import deny
from delivery_gate.emergencies import commands
from delivery_gate.emergencies import domain as emergency
from delivery_gate.emergencies.dependencies import load_locked_change, load_with_blocker
from delivery_gate.emergencies.domain import EmergencyChange, EmergencyState
from delivery_gate.emergencies.schemas import EmergencyCreate, EmergencyRead, EmergencyRevoke
from delivery_gate.emergencies.store import blockers
from delivery_gate.emergencies.store import emergency_changes as store
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext
from delivery_gate.fields import EnvironmentFilter
from delivery_gate.path_parameters import EmergencyChangeRef

routes = router("/v1/emergency-changes", ["emergency changes"])

Worker = Annotated[Caller, requires("emergencies:work")]
NO_TICKET_ID = UUID(int=0)


@routes.post("", status_code=201, response_model=EmergencyRead)
async def request_emergency_change(
    body: EmergencyCreate, response: Response, tx: Transaction, caller: Worker
) -> EmergencyRead | Response:
    """Request an emergency change. Denied unless a Blocker is open on this very environment."""
    environment = await environments.find(tx, body.environment, lock=True)
    if environment is None:
        raise ValidationFailed(
            [Violation("/environment", "unknown_reference", "there is no such environment")]
        )
    context = EnvironmentContext(tx, caller.actor, await transaction_time(tx), environment)
    blocker = await blockers.find(tx, body.ticket)
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
    stored = await commands.record_request(context, outcome)
    response.headers["Location"] = f"/v1/emergency-changes/{stored.id}"
    set_etag(response, stored.sequence)
    return EmergencyRead.model_validate(stored)


@routes.get("")
async def list_emergency_changes(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    environment: EnvironmentFilter = None,
    state: EmergencyState | None = None,
    without_blocker: bool | None = None,
) -> Page[EmergencyRead]:
    """List emergency changes, newest first."""
    after: Any = page.after_as(datetime, UUID)
    rows = await store.page(tx, environment, state, without_blocker, after, page.limit)
    return page.page_of(
        rows, EmergencyRead.model_validate, lambda change: (change.requested_at, change.id)
    )


@routes.get("/{emergency_change}")
async def get_emergency_change(
    ref: EmergencyChangeRef,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> EmergencyRead:
    """Get an emergency change by its id or key."""
    change = await store.find(tx, ref)
    if change is None:
        raise NotFound(f"Emergency change {ref}")
    set_etag(response, change.sequence)
    return EmergencyRead.model_validate(change)


@routes.post("/{emergency_change}/authorize", response_model=EmergencyRead)
async def authorize_emergency_change(
    ref: EmergencyChangeRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("emergencies:authorize")],
) -> EmergencyRead | Response:
    """Authorize an emergency change, as another person than the one who requested it. Deferred while
    the gate has not heard everything about the ticket."""
    context, change, known = await load_with_blocker(tx, ref, caller, request)
    person = await counted_as(tx, caller.sub, change.requested_by)
    outcome = emergency.authorize(
        change,
        person,
        context.at,
        known.blocker,
        context.environment,
        is_current=known.is_current,
    )
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.authorize", f"emergency/{change.id}", outcome)
    return EmergencyRead.model_validate(await commands.record_authorization(context, outcome))


@routes.post("/{emergency_change}/apply", response_model=EmergencyRead)
async def apply_emergency_change(
    ref: EmergencyChangeRef, request: Request, tx: Transaction, caller: Worker
) -> EmergencyRead | Response:
    """Apply an authorized emergency change. From then on the environment owes a version that
    contains it, and accepts no other version. Deferred while the gate has not heard everything about
    the ticket."""
    context, change, known = await load_with_blocker(tx, ref, caller, request)
    environment = context.environment
    busy = await environments.is_busy(tx, environment.id)
    outcome = emergency.apply(
        change,
        caller.sub,
        context.at,
        known.blocker,
        environment,
        busy=busy,
        is_current=known.is_current,
    )
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.apply", f"emergency/{change.id}", outcome)
    debt_after = runtime_of(request.app).settings.debt_after
    return EmergencyRead.model_validate(
        await commands.record_application(context, outcome, debt_after)
    )


@routes.post("/{emergency_change}/revoke", response_model=EmergencyRead)
async def revoke_emergency_change(
    ref: EmergencyChangeRef,
    body: EmergencyRevoke,
    request: Request,
    tx: Transaction,
    caller: Worker,
) -> EmergencyRead | Response:
    """Revoke an emergency change before it is applied."""
    context, change = await load_locked_change(tx, ref, caller, request)
    outcome = emergency.revoke(change, body.reason, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "emergency.revoke", f"emergency/{change.id}", outcome)
    return EmergencyRead.model_validate(
        await commands.record_revocation(context, outcome, body.reason)
    )
