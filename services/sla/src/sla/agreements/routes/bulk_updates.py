"""What is decided about open clocks: that they move to another version (C6), and how far it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound
from common.events.agreements import AgreementClocksMoved
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    encode_cursor,
    if_match,
    problem_response,
    router,
)
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import locked, seen, shown
from sla.agreements.events import facts, tell
from sla.agreements.store.version_rows import AgreementVersion
from sla.calendars.schemas import Name, id_or_key
from sla.clocks import bulk_updates as sweeping
from sla.clocks.store import bulk_updates as sweeps
from sla.clocks.store.bulk_updates import Sweep

routes = router("/v1/agreements", tags=["agreements"])

Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class ReasonAsked(RequestModel):
    reason: Reason


class SweepTold(ResponseModel):
    """A change of open clocks, carried out in batches. `changed`: how many so far."""

    id: UUID
    kind: sweeps.Kind
    version_id: UUID | None
    reason: str
    decided_by: str
    decided_at: datetime
    confirmed_by: str | None
    changed: int
    done_at: datetime | None


@routes.post("/{name}/move-open-clocks", status_code=202, response_model=SweepTold)
async def move_open_clocks(
    name: Name,
    asked: ReasonAsked,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> SweepTold | Response:
    """Open clocks of earlier versions are measured by this one: its targets apply to all the time
    already counted (C6). By another person than the one who published it: it could hide a breach."""
    found = await locked(tx, id_or_key(name), caller)
    if_match(request, found.sequence, shown(found, caller))
    at = await transaction_time(tx)
    _in_force(found, at)
    assert found.life.published is not None
    if found.life.published.by == caller.sub:
        denied = {"code": "SELF_APPROVAL"}
        await note(tx, found, "agreement.move_clocks.denied", caller, at, denied)
        said = "Somebody else than the publisher moves clocks to it."
        return problem_response(Forbidden(said, code="SELF_APPROVAL"))
    version = found.agreement
    sweep = Sweep(
        uuid7(),
        found.agreement_id,
        "move",
        version.id,
        asked.reason,
        caller.sub,
        at,
        found.life.published.by,
    )
    await sweeping.begin(tx, sweep)
    await tell(tx, found, AgreementClocksMoved(**facts(found, at), version_id=version.id))
    await note(tx, found, "agreement.move_clocks", caller, at, {"reason": asked.reason})
    return SweepTold.model_validate(sweep)


@routes.get("/{name}/changes")
async def list_changes(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[SweepTold]:
    """What was decided about the agreement's open clocks, newest first, and how far it is."""
    if caller.customer is not None:
        raise NotFound("This agreement")
    found = await seen(tx, id_or_key(name), caller)
    after = page.after_as(UUID)
    listed = await sweeps.of_agreement(
        tx, found.agreement_id, page.limit, after[0] if after else None
    )
    items = [SweepTold.model_validate(one) for one in listed[: page.limit]]
    last = items[-1] if len(listed) > page.limit else None
    return Page[SweepTold](items=items, next=encode_cursor(last.id) if last else None)


def _in_force(found: AgreementVersion, at: datetime) -> None:
    if found.life.state != "published" or not found.agreement.holds_at(at):
        raise Conflict("Clocks are moved to a version that is published and valid now.")


async def note(
    tx: Connection,
    found: AgreementVersion,
    action: str,
    caller: Caller,
    at: datetime,
    more: Mapping[str, object],
) -> None:
    """Write into the trail what was done to an agreement."""
    grounds = {"key": found.agreement.key, "version": found.agreement.version, **more}
    await record(tx, Entry(at, caller.sub, action, f"agreement/{found.agreement_id}", grounds))
