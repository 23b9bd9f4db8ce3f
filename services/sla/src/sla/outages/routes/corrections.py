"""Corrections of outages: new records with reason and a second person, never edits (R1, R16)."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, ValidationFailed, Violation
from common.http import RequestModel, if_match, problem_response, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name, id_or_key
from sla.outages.commands import correct
from sla.outages.domain.outage import Outage, Wish, corrected
from sla.outages.domain.timeline import Effect
from sla.outages.schemas.outages import (
    CorrectionTold,
    OneOutageTold,
    correction_told,
    one_told,
    told,
)
from sla.outages.schemas.scope import Reason
from sla.outages.store import corrections, outages
from sla.outages.store.corrections import Correction

routes = router("/v1/outages/{name}/corrections", tags=["outages"])
MOST = 100


class CorrectionAsked(RequestModel):
    """What is left out stays. `reopened`: it has not ended. `counts` false: it was no outage."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: bool = False
    effect: Effect | None = None
    counts: bool | None = None
    reason: Reason


@routes.post("", status_code=201)
async def request_correction(
    name: Name,
    asked: CorrectionAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("outages:write")],
) -> CorrectionTold:
    """Changes nothing until another person confirms it."""
    outage = await _locked(tx, name)
    at = await transaction_time(tx)
    wish = Wish(asked.started_at, asked.ended_at, asked.reopened, asked.effect, asked.counts)
    _possible(outage, wish, at)
    correction = Correction(uuid7(), outage.id, wish, asked.reason, caller.sub, at)
    await corrections.add(tx, correction)
    await record(tx, _entry(at, caller, "request", correction))
    response.headers["Location"] = f"/v1/outages/{outage.id}/corrections/{correction.id}"
    return correction_told(correction)


@routes.post("/{correction_id}/confirm", response_model=OneOutageTold)
async def confirm_correction(
    name: Name,
    correction_id: UUID,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:confirm")],
) -> OneOutageTold | Response:
    """By another person than who asked for it. All figures are what it says from now on; what was
    known before can still be asked for with `as_known_at`."""
    outage, correction = await _to_decide(tx, name, correction_id, request)
    at = await transaction_time(tx)
    if correction.requested_by == caller.sub:
        await record(tx, _entry(at, caller, "confirm.denied", correction))
        said = "Somebody else than who asked for the correction confirms it."
        return problem_response(Forbidden(said, code="SELF_APPROVAL"))
    after = _possible(outage, correction.wish, at)
    people = (correction.requested_by, caller.sub)
    kept = await correct(tx, outage, after, people, at, correction.reason)
    await _decide(tx, correction, "confirmed", caller, at)
    said_of_it = await outages.history(tx, kept.id)
    return one_told(kept, said_of_it, await corrections.of_outage(tx, kept.id, MOST), caller)


@routes.post("/{correction_id}/refuse", response_model=CorrectionTold)
async def refuse_correction(
    name: Name,
    correction_id: UUID,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("outages:confirm")],
) -> CorrectionTold | Response:
    """The outage stays as it is. By another person, too: one's own is left to lie."""
    _, correction = await _to_decide(tx, name, correction_id, request)
    at = await transaction_time(tx)
    if correction.requested_by == caller.sub:
        await record(tx, _entry(at, caller, "refuse.denied", correction))
        said = "Somebody else than who asked for the correction decides on it."
        return problem_response(Forbidden(said, code="SELF_APPROVAL"))
    return correction_told(await _decide(tx, correction, "refused", caller, at))


async def _decide(
    tx: Connection, correction: Correction, state: corrections.State, caller: Caller, at: datetime
) -> Correction:
    decided = replace(correction, state=state, decided_by=caller.sub, decided_at=at)
    await corrections.decide(tx, decided)
    await record(tx, _entry(at, caller, state, decided))
    return decided


async def _locked(tx: Connection, name: str) -> Outage:
    outage = await outages.lock_one(tx, id_or_key(name))
    if outage is None:
        raise NotFound("This outage")
    return outage


async def _to_decide(
    tx: Connection, name: str, correction_id: UUID, request: Request
) -> tuple[Outage, Correction]:
    """Both, with the outage's row locked: nobody decides on a correction beside it."""
    outage = await _locked(tx, name)
    if_match(request, outage.sequence, told(outage))
    correction = await corrections.find(tx, outage.id, correction_id)
    if correction is None:
        raise NotFound("This correction")
    if correction.state != "requested":
        raise Conflict(f"This correction is {correction.state} already.")
    return outage, correction


def _possible(outage: Outage, wish: Wish, at: datetime) -> Outage:
    """The outage as it would be. Raises Invalid where it cannot be so."""
    for pointer, instant in (("/started_at", wish.started_at), ("/ended_at", wish.ended_at)):
        if instant is not None and instant > at:
            raise ValidationFailed([Violation(pointer, "future", "that is yet to come")])
    try:
        return corrected(outage, wish)
    except ValueError as wrong:
        raise ValidationFailed([Violation("", "correction", str(wrong))]) from None


def _entry(at: datetime, caller: Caller, action: str, correction: Correction) -> Entry:
    wish = correction.wish
    grounds = {
        "correction_id": correction.id,
        "reason": correction.reason,
        "started_at": wish.started_at,
        "ended_at": wish.ended_at,
        "reopened": wish.reopened,
        "effect": wish.effect,
        "counts": wish.counts,
    }
    subject = f"outage/{correction.outage_id}"
    return Entry(at, caller.sub, f"outage.correction.{action}", subject, grounds)
