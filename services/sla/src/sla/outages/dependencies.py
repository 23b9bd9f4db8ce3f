"""Planned maintenance that a request is about: found, locked, refused, and recorded (R15)."""

from datetime import datetime

from fastapi import Request, Response
from fastapi.encoders import jsonable_encoder

from common.audit import Entry, record
from common.auth import Caller
from common.domain import Rejection
from common.errors import Forbidden, NotFound
from common.http import if_match, rejection_response
from common.persistence.database import Connection, transaction_time
from sla.outages.domain.maintenance import ANOTHER_WINDOW, SELF_APPROVAL, PlannedMaintenance
from sla.outages.schemas.maintenance import to_response
from sla.outages.store import maintenance, visibility


async def get_visible(
    tx: Connection, name: str, caller: Caller, *, lock: bool
) -> PlannedMaintenance:
    """The maintenance with this id or key that the caller may see. Raises NotFound."""
    planned_maintenance = await maintenance.find(tx, name, lock=lock)
    visible = await visibility.for_customer(tx, caller.customer)
    if (
        planned_maintenance is None
        or visible is None
        or not visible.can_see(planned_maintenance.scope)
    ):
        raise NotFound("This maintenance")
    return planned_maintenance


async def lock_visible(
    tx: Connection, name: str, request: Request, caller: Caller
) -> tuple[PlannedMaintenance, datetime]:
    """The maintenance, locked, and the moment. Raises NotFound, Forbidden, or the failure of `If-Match`."""
    planned_maintenance = await get_visible(tx, name, caller, lock=True)
    if caller.customer is not None and planned_maintenance.scope.customer_id is None:
        raise Forbidden("This concerns all customers; one of them cannot agree to it for all.")
    if_match(request, planned_maintenance.sequence, to_response(planned_maintenance, caller))
    return planned_maintenance, await transaction_time(tx)


async def reject(
    tx: Connection,
    rejection: Rejection,
    planned_maintenance: PlannedMaintenance,
    caller: Caller,
    at: datetime,
) -> Response:
    """Record the attempt and return the rejection; the transaction commits."""
    code = rejection.code
    await record(tx, audit_entry(at, caller, "denied", planned_maintenance, why=code))
    if rejection == SELF_APPROVAL:
        return rejection_response(rejection, status=403)
    if rejection == ANOTHER_WINDOW:
        present = jsonable_encoder(to_response(planned_maintenance, caller))
        return rejection_response(rejection, present=present)
    return rejection_response(rejection)


def audit_entry(
    at: datetime,
    caller: Caller,
    action: str,
    planned_maintenance: PlannedMaintenance,
    **extra: object,
) -> Entry:
    """The entry of the audit trail about this maintenance, with its window."""
    times = {"starts_at": planned_maintenance.starts_at, "ends_at": planned_maintenance.ends_at}
    grounds = {"key": planned_maintenance.key, **times, **extra}
    subject = f"maintenance/{planned_maintenance.id}"
    return Entry.by(caller.actor, at, f"maintenance.{action}", subject, grounds)
