"""HTTP in: planned maintenance, announced, and agreed before it starts (R15)."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.events.outages import (
    MaintenanceAgreed,
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceEvent,
    MaintenanceMoved,
)
from common.http import (
    Instant,
    Page,
    Paging,
    Transaction,
    router,
    set_etag,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.directory.fields import CustomerFilter
from sla.outages.dependencies import audit_entry, get_visible, lock_visible, reject
from sla.outages.domain.maintenance import (
    MAX_DURATION,
    PlannedMaintenance,
    agree,
    cancel,
    move,
)
from sla.outages.domain.outage import truncate_to_second
from sla.outages.downtime_budgets import schedule_budget_checks
from sla.outages.events import maintenance_payload
from sla.outages.schemas.maintenance import (
    MaintenanceAgree,
    MaintenanceCreate,
    MaintenanceMove,
    MaintenanceRead,
    to_response,
)
from sla.outages.schemas.scope import resolve_scope
from sla.outages.store import maintenance, visibility
from sla.path_parameters import MaintenanceRef

routes = router("/v1/maintenance", tags=["outages"])


@routes.post("", status_code=201)
async def announce_maintenance(
    body: MaintenanceCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("maintenance:write")],
) -> MaintenanceRead:
    """Announce planned maintenance.

    Its downtime is excluded from availability only if the customer or a second person agrees to it
    before it starts.
    """
    scope = await resolve_scope(tx, body)
    at = await transaction_time(tx)
    starts_at, ends_at = truncate_to_second(body.starts_at), truncate_to_second(body.ends_at)
    _check_times(starts_at, ends_at, at)
    key = await maintenance.next_key(tx)
    planned_maintenance = PlannedMaintenance(
        uuid7(), key, scope, body.title, starts_at, ends_at, caller.sub, at
    )
    await maintenance.add(tx, planned_maintenance)
    await _emit(tx, MaintenanceAnnounced, planned_maintenance, at, announced_by=caller.sub)
    await record(tx, audit_entry(at, caller, "announce", planned_maintenance))
    response.headers["Location"] = f"/v1/maintenance/{planned_maintenance.id}"
    return to_response(planned_maintenance, caller)


def _check_times(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        detail = "announce it before it starts; downtime before that is an outage"
        raise ValidationFailed([Violation("/starts_at", "past", detail)])
    if not timedelta(0) < ends_at - starts_at <= MAX_DURATION:
        detail = f"it ends after it starts, within {MAX_DURATION.days} days"
        raise ValidationFailed([Violation("/ends_at", "order", detail)])


@routes.post("/{maintenance}/agree", response_model=MaintenanceRead)
async def agree_to_maintenance(
    name: MaintenanceRef,
    body: MaintenanceAgree,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("maintenance:agree")],
) -> MaintenanceRead | Response:
    """Agree to a window of planned maintenance before it starts.

    By the customer, or by another person than who announced or moved it. If it has another window by now,
    that is refused, and `present` shows it.
    """
    planned_maintenance, at = await lock_visible(tx, name, request, caller)
    before = planned_maintenance
    person = await counted_as(tx, caller.sub, before.announced_by, before.moved_by)
    window = truncate_to_second(body.starts_at), truncate_to_second(body.ends_at)
    after = agree(planned_maintenance, *window, person, at)
    if isinstance(after, Rejection):
        return await reject(tx, after, planned_maintenance, caller, at)
    await _save(tx, after, at, caller, "agree")
    people = {"agreed_by": caller.sub, "announced_by": after.announced_by}
    await _emit(tx, MaintenanceAgreed, after, at, **people)
    return to_response(after, caller)


@routes.post("/{maintenance}/move", response_model=MaintenanceRead)
async def move_maintenance(
    name: MaintenanceRef,
    body: MaintenanceMove,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("maintenance:write")],
) -> MaintenanceRead | Response:
    """Move planned maintenance that has not started to another window. The customers are told.

    Its downtime is excluded only if the customer or a second person agrees to the new window before it
    starts; that the old one was agreed to counts no more.
    """
    before, at = await lock_visible(tx, name, request, caller)
    starts_at, ends_at = truncate_to_second(body.starts_at), truncate_to_second(body.ends_at)
    _check_times(starts_at, ends_at, at)
    after = move(before, starts_at, ends_at, caller.sub, at)
    if isinstance(after, Rejection):
        return await reject(tx, after, before, caller, at)
    former = {"former_starts_at": before.starts_at, "former_ends_at": before.ends_at}
    await _save(tx, after, at, caller, "move", **former)
    # What is down now may use up the budget in the window that is free again.
    await schedule_budget_checks(tx, after.scope, at, at, at)
    people = {"moved_by": caller.sub, "announced_by": after.announced_by}
    await _emit(tx, MaintenanceMoved, after, at, **people, **former)
    return to_response(after, caller)


@routes.post("/{maintenance}/cancel", response_model=MaintenanceRead)
async def cancel_maintenance(
    name: MaintenanceRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("maintenance:write")],
) -> MaintenanceRead | Response:
    """Cancel planned maintenance, or end it early. Downtime from then on counts."""
    planned_maintenance, at = await lock_visible(tx, name, request, caller)
    after = cancel(planned_maintenance, caller.sub, at)
    if isinstance(after, Rejection):
        return await reject(tx, after, planned_maintenance, caller, at)
    await _save(tx, after, at, caller, "cancel")
    if after.starts_at <= at:
        await schedule_budget_checks(tx, after.scope, after.starts_at, at, at)
    await _emit(tx, MaintenanceCancelled, after, at, cancelled_at=at)
    return to_response(after, caller)


@routes.get("")
async def list_maintenance(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
    customer: CustomerFilter = None,
    since: Annotated[Instant | None, Query(alias="from", description="Ends after.")] = None,
) -> Page[MaintenanceRead]:
    """List planned maintenance, earliest first, by default what has not ended yet.

    Customers see what concerns them.
    """
    visible = await visibility.for_customer(tx, caller.customer or customer)
    if visible is None or not (customer is None or caller.can_see(customer)):
        return Page[MaintenanceRead](items=[], next=None)
    after = page.after_as(datetime, UUID)
    since = since or await transaction_time(tx)
    rows = await maintenance.page(tx, visible, since, page.limit, after)
    return page.page_of(
        rows, lambda one: to_response(one, caller), lambda one: (one.starts_at, one.id)
    )


@routes.get("/{maintenance}")
async def get_maintenance(
    name: MaintenanceRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:read")],
) -> MaintenanceRead:
    """Get planned maintenance."""
    planned_maintenance = await get_visible(tx, name, caller, lock=False)
    set_etag(response, planned_maintenance.sequence)
    return to_response(planned_maintenance, caller)


async def _save(
    tx: Connection,
    planned_maintenance: PlannedMaintenance,
    at: datetime,
    caller: Caller,
    action: str,
    **extra: object,
) -> None:
    await maintenance.save(tx, planned_maintenance)
    await record(tx, audit_entry(at, caller, action, planned_maintenance, **extra))


async def _emit(
    tx: Connection,
    event_type: type[MaintenanceEvent],
    planned_maintenance: PlannedMaintenance,
    at: datetime,
    **extra: object,
) -> None:
    wire_event = event_type.model_validate(maintenance_payload(planned_maintenance, at) | extra)
    await publish(tx, OutboxEvent(wire_event, planned_maintenance.sequence))
