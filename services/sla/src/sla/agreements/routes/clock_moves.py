"""Changes of open clocks: move them to another version (C6), and list the progress of changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.events.agreements import AgreementClocksMoved
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    Transaction,
    if_match,
    rejection_response,
    router,
)
from common.http.fields import Reason
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.commands import order_bulk_update
from sla.agreements.dependencies import agreement_response, get_visible_version, lock_version
from sla.agreements.events import agreement_payload, emit
from sla.agreements.store import bulk_update_orders as bulk_updates
from sla.agreements.store.bulk_update_orders import BulkUpdate, BulkUpdateKind
from sla.agreements.store.version_rows import AgreementVersion
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


class ReasonRequest(RequestModel):
    reason: Reason


class BulkUpdateRead(ResponseModel):
    """A change of open clocks, carried out in batches. `changed`: how many so far."""

    id: UUID
    kind: BulkUpdateKind
    version_id: UUID | None
    reason: str
    decided_by: str
    decided_at: datetime
    confirmed_by: str | None
    changed: int
    done_at: datetime | None


@routes.post("/{agreement}/move-open-clocks", status_code=202, response_model=BulkUpdateRead)
async def move_open_clocks(
    name: AgreementRef,
    body: ReasonRequest,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> BulkUpdateRead | Response:
    """Move the open clocks of earlier versions to this version.

    Its targets apply to all the time already counted. Because that could hide a breach, the caller
    must be another person than the publisher.
    """
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    at = await transaction_time(tx)
    _check_in_force(stored, at)
    assert stored.lifecycle.publication is not None
    publisher = stored.lifecycle.publication.by
    if publisher == await counted_as(tx, caller.sub, publisher):
        grounds = {"code": "SELF_APPROVAL"}
        await record_audit(tx, stored, "agreement.move_clocks.denied", caller, at, grounds)
        detail = "Somebody else than the publisher moves clocks to it."
        return rejection_response(Rejection("SELF_APPROVAL", detail))
    version = stored.agreement
    bulk_update = BulkUpdate(
        uuid7(),
        stored.agreement_id,
        "move",
        version.id,
        body.reason,
        caller.sub,
        at,
        stored.lifecycle.publication.by,
    )
    await order_bulk_update(tx, bulk_update)
    await emit(
        tx, stored, AgreementClocksMoved(**agreement_payload(stored, at), version_id=version.id)
    )
    await record_audit(tx, stored, "agreement.move_clocks", caller, at, {"reason": body.reason})
    return BulkUpdateRead.model_validate(bulk_update)


@routes.get("/{agreement}/changes")
async def list_bulk_updates(
    name: AgreementRef,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[BulkUpdateRead]:
    """List the bulk updates of an agreement's open clocks, newest first, with their progress."""
    if caller.customer is not None:
        raise NotFound("This agreement")
    stored = await get_visible_version(tx, id_or_key(name), caller)
    after = page.after_as(UUID)
    rows = await bulk_updates.list_by_agreement(tx, stored.agreement_id, page.limit, after)
    return page.page_of(rows, BulkUpdateRead.model_validate, lambda one: (one.id,))


def _check_in_force(stored: AgreementVersion, at: datetime) -> None:
    if stored.lifecycle.state != "published" or not stored.agreement.is_valid_at(at):
        detail = "Clocks are moved to a version that is published and valid now."
        raise Conflict(detail, code="NOT_VALID_NOW", type="conflict")


async def record_audit(
    tx: Connection,
    stored: AgreementVersion,
    action: str,
    caller: Caller,
    at: datetime,
    details: Mapping[str, object],
) -> None:
    """Record in the audit trail what was done to an agreement."""
    grounds = {"key": stored.agreement.key, "version": stored.agreement.version, **details}
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry.by(caller.actor, at, action, subject, grounds))
