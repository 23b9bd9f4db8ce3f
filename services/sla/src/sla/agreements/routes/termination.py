"""The end of an agreement: asked for by one person, confirmed by another (C10, R1)."""

from datetime import datetime
from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden
from common.events.agreements import (
    AgreementTerminated,
    AgreementTerminationRequested,
    AgreementTerminationWithdrawn,
)
from common.http import if_match, problem_response, router
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import locked, seen, shown
from sla.agreements.domain.termination import Denied, Ending, ask, confirm
from sla.agreements.events import facts, tell
from sla.agreements.routes.bulk_updates import ReasonAsked
from sla.agreements.schemas.responses import AgreementTold
from sla.agreements.store import agreements
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.schemas import Name, id_or_key
from sla.clocks import bulk_updates as sweeping
from sla.clocks.store.bulk_updates import Sweep

routes = router("/v1/agreements", tags=["agreements"])

REFUSED: dict[Denied, str] = {
    "NOT_ASKED": "Nobody has asked for the end of this agreement.",
    "OVER": "This agreement was terminated already.",
    "SELF_APPROVAL": "Somebody else than the person who asked confirms it.",
}


@routes.post("/{name}/termination")
async def ask_for_the_end(
    name: Name,
    asked: ReasonAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold:
    """Asks that the agreement, with all its versions, ends now. Another person confirms it."""
    found, at = await _locked(tx, name, request, caller)
    ending = ask(found.ending, caller.sub, asked.reason, at)
    if not isinstance(ending, Ending):
        raise Conflict(REFUSED[ending])
    await agreements.end(tx, found.agreement_id, ending)
    await tell(tx, found, AgreementTerminationRequested(**facts(found, at)))
    await _record(tx, found, "agreement.deactivate.ask", caller, at, asked.reason)
    return shown(await seen(tx, found.agreement.id, caller), caller)


@routes.post("/{name}/termination/confirm", response_model=AgreementTold)
async def confirm_the_end(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold | Response:
    """By another person than the one who asked. It promises nothing any more, and its open clocks
    are cancelled; it is said aloud."""
    found, at = await _locked(tx, name, request, caller)
    ending = confirm(found.ending, caller.sub, at)
    if ending == "SELF_APPROVAL":
        await _record(tx, found, "agreement.deactivate.denied", caller, at, ending)
        return problem_response(Forbidden(REFUSED[ending], code=ending))
    if not isinstance(ending, Ending):
        raise Conflict(REFUSED[ending])
    await agreements.end(tx, found.agreement_id, ending)
    by = (caller.sub, at, ending.asked.by)
    sweep = Sweep(uuid7(), found.agreement_id, "cancel", None, ending.reason, *by)
    await sweeping.begin(tx, sweep)
    await tell(tx, found, AgreementTerminated(**facts(found, at)))
    await _record(tx, found, "agreement.deactivate", caller, at, ending.reason)
    return shown(await seen(tx, found.agreement.id, caller), caller)


@routes.delete("/{name}/termination")
async def drop_the_end(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> AgreementTold:
    """It is not to end after all."""
    found, at = await _locked(tx, name, request, caller)
    if found.ending is None:
        raise Conflict(REFUSED["NOT_ASKED"])
    if found.ending.done is not None:
        raise Conflict(REFUSED["OVER"])
    await agreements.end(tx, found.agreement_id, None)
    await tell(tx, found, AgreementTerminationWithdrawn(**facts(found, at)))
    await _record(tx, found, "agreement.deactivate.drop", caller, at, found.ending.reason)
    return shown(await seen(tx, found.agreement.id, caller), caller)


async def _locked(
    tx: Connection, name: str, request: Request, caller: Caller
) -> tuple[AgreementVersion, datetime]:
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    return found, await transaction_time(tx)


async def _record(
    tx: Connection, found: AgreementVersion, action: str, caller: Caller, at: datetime, reason: str
) -> None:
    grounds = {"key": found.agreement.key, "reason": reason}
    await record(tx, Entry(at, caller.sub, action, f"agreement/{found.agreement_id}", grounds))
