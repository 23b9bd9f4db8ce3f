"""Maintenance: planned, announced, and agreed before it begins (R15). Its downtime is excused."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, ValidationFailed, Violation
from common.events.outages import (
    MaintenanceAgreed,
    MaintenanceAnnounced,
    MaintenanceCancelled,
    MaintenanceEvent,
)
from common.http import (
    Instant,
    Page,
    Paging,
    encode_cursor,
    if_match,
    problem_response,
    router,
    set_etag,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name, id_or_key
from sla.outages.domain.maintenance import LONGEST, Denied, PlannedMaintenance, agree, cancel
from sla.outages.domain.outage import whole
from sla.outages.downtime_budgets import keep_budgets
from sla.outages.events import maintenance_facts
from sla.outages.schemas.maintenance import MaintenanceAsked, MaintenanceTold, told
from sla.outages.schemas.scope import placed
from sla.outages.store import maintenance, visibility

routes = router("/v1/maintenance", tags=["outages"])

REFUSED: dict[Denied, str] = {
    "TOO_LATE": "It has begun: what is agreed afterwards excuses nothing.",
    "ALREADY_AGREED": "It is agreed already.",
    "CANCELLED": "It is over, or called off.",
}


@routes.post("", status_code=201)
async def announce_maintenance(
    asked: MaintenanceAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("maintenance:write")],
) -> MaintenanceTold:
    """Told to everybody at once; it excuses nothing until a second person, or the customer, has
    agreed to it."""
    place = await placed(tx, asked)
    at = await transaction_time(tx)
    starts_at, ends_at = whole(asked.starts_at), whole(asked.ends_at)
    _sensible(starts_at, ends_at, at)
    key = await maintenance.next_key(tx)
    planned = PlannedMaintenance(
        uuid7(), key, place, asked.title, starts_at, ends_at, caller.sub, at
    )
    await maintenance.add(tx, planned)
    await _told_others(tx, MaintenanceAnnounced, planned, at, announced_by=caller.sub)
    await record(tx, _entry(at, caller, "announce", planned))
    response.headers["Location"] = f"/v1/maintenance/{planned.id}"
    return told(planned, caller)


def _sensible(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if starts_at <= at:
        said = "announce it before it begins; what was down already is an outage"
        raise ValidationFailed([Violation("/starts_at", "past", said)])
    if not timedelta(0) < ends_at - starts_at <= LONGEST:
        said = f"it ends after it starts, within {LONGEST.days} days"
        raise ValidationFailed([Violation("/ends_at", "order", said)])


@routes.post("/{name}/agree", response_model=MaintenanceTold)
async def agree_to_maintenance(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("maintenance:agree")],
) -> MaintenanceTold | Response:
    """By the customer, or by another person than who announced it, before it begins."""
    planned, at = await _locked(tx, name, request, caller)
    after = agree(planned, caller.sub, at)
    if not isinstance(after, PlannedMaintenance):
        return await _denied(tx, after, planned, caller, at)
    await _kept(tx, after, at, caller, "agree")
    await _told_others(tx, MaintenanceAgreed, after, at, agreed_by=caller.sub)
    return told(after, caller)


@routes.post("/{name}/cancel", response_model=MaintenanceTold)
async def cancel_maintenance(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("maintenance:write")],
) -> MaintenanceTold | Response:
    """Called off, or ended early: downtime from then on counts."""
    planned, at = await _locked(tx, name, request, caller)
    after = cancel(planned, caller.sub, at)
    if not isinstance(after, PlannedMaintenance):
        return await _denied(tx, after, planned, caller, at)
    await _kept(tx, after, at, caller, "cancel")
    if after.starts_at <= at:
        await keep_budgets(tx, after.place, after.starts_at, at, at)
    await _told_others(tx, MaintenanceCancelled, after, at, cancelled_at=at)
    return told(after, caller)


@routes.get("")
async def list_maintenance(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    since: Annotated[Instant | None, Query(alias="from", description="Ends after.")] = None,
) -> Page[MaintenanceTold]:
    """The earliest first; without `from` what is yet to end. Customers see what concerns them."""
    theirs = await visibility.of(tx, caller.customer or customer)
    if theirs is None or not (customer is None or caller.can_see(customer)):
        return Page[MaintenanceTold](items=[], next=None)
    after = page.after_as(datetime, UUID)
    place = after and (after[0], after[1])
    since = since or await transaction_time(tx)
    found = await maintenance.page(tx, theirs, since, page.limit, place)
    shown = [told(planned, caller) for planned in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[MaintenanceTold](
        items=shown, next=encode_cursor(last.starts_at, last.id) if last else None
    )


@routes.get("/{name}")
async def show_maintenance(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:read")],
) -> MaintenanceTold:
    planned = await _seen(tx, name, caller, lock=False)
    set_etag(response, planned.sequence)
    return told(planned, caller)


async def _seen(tx: Connection, name: str, caller: Caller, *, lock: bool) -> PlannedMaintenance:
    planned = await maintenance.find(tx, id_or_key(name), lock=lock)
    theirs = await visibility.of(tx, caller.customer)
    if planned is None or theirs is None or not theirs.sees(planned.place):
        raise NotFound("This maintenance")
    return planned


async def _locked(
    tx: Connection, name: str, request: Request, caller: Caller
) -> tuple[PlannedMaintenance, datetime]:
    planned = await _seen(tx, name, caller, lock=True)
    if caller.customer is not None and planned.place.customer_id is None:
        raise Forbidden("This concerns other customers too; one of them cannot speak for all.")
    if_match(request, planned.sequence, told(planned, caller))
    return planned, await transaction_time(tx)


async def _denied(
    tx: Connection, why: Denied, planned: PlannedMaintenance, caller: Caller, at: datetime
) -> MaintenanceTold | Response:
    """The refusal as an answer: it commits, so that the attempt is on record."""
    await record(tx, _entry(at, caller, "denied", planned, why=why))
    if why == "SELF_APPROVAL":
        said = "The customer, or another person than who announced it, agrees to it."
        return problem_response(Forbidden(said, code=why))
    return problem_response(Conflict(REFUSED[why], code=why))


async def _kept(
    tx: Connection, planned: PlannedMaintenance, at: datetime, caller: Caller, action: str
) -> None:
    await maintenance.save(tx, planned)
    await record(tx, _entry(at, caller, action, planned))


async def _told_others(
    tx: Connection,
    event: type[MaintenanceEvent],
    planned: PlannedMaintenance,
    at: datetime,
    **more: object,
) -> None:
    told_them = event.model_validate(maintenance_facts(planned, at) | more)
    await publish(tx, OutboxEvent(told_them, planned.sequence))


def _entry(
    at: datetime, caller: Caller, action: str, planned: PlannedMaintenance, **more: object
) -> Entry:
    times = {"starts_at": planned.starts_at, "ends_at": planned.ends_at}
    grounds = {"key": planned.key, **times, **more}
    return Entry(
        at,
        caller.sub,
        f"maintenance.{action}",
        f"maintenance/{planned.id}",
        grounds,
        caller.via_machine,
    )
