"""The end of an agreement: requested by one person, confirmed by another (C10, R1)."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict
from common.events.agreements import (
    AgreementTerminated,
    AgreementTerminationRequested,
    AgreementTerminationWithdrawn,
)
from common.http import Transaction, if_match, rejection_response, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.commands import order_bulk_update
from sla.agreements.dependencies import agreement_response, get_visible_version, lock_version
from sla.agreements.domain.termination import SELF_APPROVAL, confirm_end, request_end, withdraw_end
from sla.agreements.endings import schedule_notice
from sla.agreements.events import agreement_payload, emit
from sla.agreements.routes.clock_moves import ReasonRequest
from sla.agreements.schemas.responses import AgreementRead, to_staff_response
from sla.agreements.store import agreements
from sla.agreements.store.bulk_update_orders import BulkUpdate
from sla.agreements.store.version_rows import AgreementVersion
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


@routes.post("/{agreement}/termination")
async def request_termination(
    name: AgreementRef,
    body: ReasonRequest,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementRead:
    """Request the termination of an agreement with all its versions. Another person confirms it."""
    stored, at = await _lock_for_change(tx, name, request, caller)
    termination = request_end(stored.termination, caller.sub, body.reason, at)
    if isinstance(termination, Rejection):
        raise Conflict(termination.detail, code=termination.code)
    await agreements.save_termination(tx, stored.agreement_id, termination)
    payload = agreement_payload(stored, at)
    await emit(tx, stored, AgreementTerminationRequested(**payload, requested_by=caller.sub))
    await _record(tx, stored, "agreement.deactivate.ask", caller, at, body.reason)
    return to_staff_response(await get_visible_version(tx, stored.agreement.id, caller))


@routes.post("/{agreement}/termination/confirm", response_model=AgreementRead)
async def confirm_termination(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementRead | Response:
    """Confirm the requested termination of an agreement.

    The caller must be another person than the requester. The agreement promises nothing any more,
    its open clocks are cancelled, and an event is published.
    """
    stored, at = await _lock_for_change(tx, name, request, caller)
    requested = None if stored.termination is None else stored.termination.requested
    person = await counted_as(tx, caller.sub, None if requested is None else requested.by)
    termination = confirm_end(stored.termination, person, at)
    if termination == SELF_APPROVAL:
        await _record(tx, stored, "agreement.deactivate.denied", caller, at, SELF_APPROVAL.code)
        return rejection_response(SELF_APPROVAL)
    if isinstance(termination, Rejection):
        raise Conflict(termination.detail, code=termination.code)
    await agreements.save_termination(tx, stored.agreement_id, termination)
    decision = (caller.sub, at, termination.requested.by)
    bulk_update = BulkUpdate(
        uuid7(), stored.agreement_id, "cancel", None, termination.reason, *decision
    )
    await order_bulk_update(tx, bulk_update)
    await schedule_notice(tx, stored.agreement_id, at)
    await emit(tx, stored, AgreementTerminated(**agreement_payload(stored, at)))
    await _record(tx, stored, "agreement.deactivate", caller, at, termination.reason)
    return to_staff_response(await get_visible_version(tx, stored.agreement.id, caller))


@routes.delete("/{agreement}/termination")
async def withdraw_termination(
    name: AgreementRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementRead:
    """Withdraw the requested termination of an agreement before it is confirmed."""
    stored, at = await _lock_for_change(tx, name, request, caller)
    withdrawn = withdraw_end(stored.termination)
    if isinstance(withdrawn, Rejection):
        raise Conflict(withdrawn.detail, code=withdrawn.code)
    await agreements.save_termination(tx, stored.agreement_id, None)
    await emit(tx, stored, AgreementTerminationWithdrawn(**agreement_payload(stored, at)))
    await _record(tx, stored, "agreement.deactivate.drop", caller, at, withdrawn.reason)
    return to_staff_response(await get_visible_version(tx, stored.agreement.id, caller))


async def _lock_for_change(
    tx: Connection, name: str, request: Request, caller: Caller
) -> tuple[AgreementVersion, datetime]:
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    return stored, await transaction_time(tx)


async def _record(
    tx: Connection, stored: AgreementVersion, action: str, caller: Caller, at: datetime, reason: str
) -> None:
    grounds = {"key": stored.agreement.key, "reason": reason}
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
