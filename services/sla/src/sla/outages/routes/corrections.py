"""HTTP in: corrections of outages, new records by two people with a reason (R1, R16)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import RequestModel, Transaction, if_match, rejection_response, router
from common.http.fields import Reason
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.outages.commands import correct_outage
from sla.outages.domain.outage import Outage, OutageChange, apply_change
from sla.outages.domain.state_timeline import Effect
from sla.outages.schemas.outages import (
    CorrectionRead,
    OutageDetail,
    to_correction_response,
    to_detail_response,
    to_response,
)
from sla.outages.second_look import announce_refusal, ask_for_second_look
from sla.outages.store import corrections, outage_records, outages
from sla.outages.store.corrections import Correction
from sla.path_parameters import CorrectionId, OutageRef

routes = router("/v1/outages/{outage}/corrections", tags=["outages"])
MAX_CORRECTIONS = 100


class OutageCorrectionCreate(RequestModel):
    """Omitted values stay. `reopened`: it has not ended. `counts` false: it was not an outage."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: bool = False
    effect: Effect | None = None
    counts: bool | None = None
    reason: Reason


@routes.post("", status_code=201)
async def request_correction(
    name: OutageRef,
    body: OutageCorrectionCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:write")],
) -> CorrectionRead:
    """Request a correction of an outage. It changes nothing until another person confirms it."""
    outage = await _lock_outage(tx, name)
    at = await transaction_time(tx)
    change = OutageChange(body.started_at, body.ended_at, body.reopened, body.effect, body.counts)
    _apply_or_reject(outage, change, at)
    correction = Correction(uuid7(), outage.id, change, body.reason, caller.sub, at)
    await ask_for_second_look(tx, outage, correction)
    await record(tx, _audit_entry(at, caller, "request", correction))
    response.headers["Location"] = f"/v1/outages/{outage.id}/corrections/{correction.id}"
    return to_correction_response(correction)


@routes.post("/{correction}/confirm", response_model=OutageDetail)
async def confirm_correction(
    name: OutageRef,
    correction_id: CorrectionId,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:confirm")],
) -> OutageDetail | Response:
    """Confirm a correction of an outage, by another person than its requester.

    All figures follow it from now on; with `as_known_at` they can be read as they were known
    before.
    """
    outage, correction = await _lock_for_decision(tx, name, correction_id, request)
    at = await transaction_time(tx)
    if correction.requested_by == await counted_as(tx, caller.sub, correction.requested_by):
        await record(tx, _audit_entry(at, caller, "confirm.denied", correction))
        detail = "Another person than the requester of the correction confirms it."
        return rejection_response(Rejection("SELF_APPROVAL", detail))
    after = _apply_or_reject(outage, correction.change, at)
    stored = await correct_outage(tx, outage, after, correction, caller.sub, at)
    await _decide(tx, correction, "confirmed", caller, at)
    records = await outage_records.list_records(tx, stored.id)
    return to_detail_response(
        stored, records, await corrections.list_of_outage(tx, stored.id, MAX_CORRECTIONS)
    )


@routes.post("/{correction}/refuse", response_model=CorrectionRead)
async def refuse_correction(
    name: OutageRef,
    correction_id: CorrectionId,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:confirm")],
) -> CorrectionRead | Response:
    """Refuse a correction of an outage, by another person than its requester.

    The outage stays as it is.
    """
    outage, correction = await _lock_for_decision(tx, name, correction_id, request)
    at = await transaction_time(tx)
    if correction.requested_by == await counted_as(tx, caller.sub, correction.requested_by):
        await record(tx, _audit_entry(at, caller, "refuse.denied", correction))
        detail = "Another person than the requester of the correction decides on it."
        return rejection_response(Rejection("SELF_APPROVAL", detail))
    refused = await _decide(tx, correction, "refused", caller, at)
    await announce_refusal(tx, outage, refused, caller.sub, at)
    return to_correction_response(refused)


async def _decide(
    tx: Connection,
    correction: Correction,
    state: corrections.CorrectionState,
    caller: Caller,
    at: datetime,
) -> Correction:
    updated = replace(correction, state=state, decided_by=caller.sub, decided_at=at)
    await corrections.save_decision(tx, updated)
    await record(tx, _audit_entry(at, caller, state, updated))
    return updated


async def _lock_outage(tx: Connection, name: str) -> Outage:
    outage = await outages.get_for_update(tx, name)
    if outage is None:
        raise NotFound("This outage")
    return outage


async def _lock_for_decision(
    tx: Connection, name: str, correction_id: UUID, request: Request
) -> tuple[Outage, Correction]:
    """Lock the outage and return it with the correction. Raises NotFound, Conflict.

    The lock of the outage also excludes other decisions on its corrections.
    """
    outage = await _lock_outage(tx, name)
    if_match(request, outage.sequence, to_response(outage))
    correction = await corrections.find(tx, outage.id, correction_id)
    if correction is None:
        raise NotFound("This correction")
    if correction.state != "requested":
        detail = f"This correction is {correction.state} already."
        raise Conflict(detail, code="ALREADY_DECIDED", type="conflict")
    return outage, correction


def _apply_or_reject(outage: Outage, change: OutageChange, at: datetime) -> Outage:
    """Return the outage after the change. Raises ValidationFailed where it is not possible."""
    for pointer, instant in (("/started_at", change.started_at), ("/ended_at", change.ended_at)):
        if instant is not None and instant > at:
            raise ValidationFailed([Violation(pointer, "future", "give an instant in the past")])
    try:
        return apply_change(outage, change)
    except ValueError as error:
        raise ValidationFailed([Violation("", "correction", str(error))]) from None


def _audit_entry(at: datetime, caller: Caller, action: str, correction: Correction) -> Entry:
    change = correction.change
    grounds = {
        "correction_id": correction.id,
        "reason": correction.reason,
        "started_at": change.started_at,
        "ended_at": change.ended_at,
        "reopened": change.reopened,
        "effect": change.effect,
        "counts": change.counts,
    }
    subject = f"outage/{correction.outage_id}"
    return Entry.by(caller.actor, at, f"outage.correction.{action}", subject, grounds)
