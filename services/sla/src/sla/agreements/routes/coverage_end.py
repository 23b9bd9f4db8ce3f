"""The early end of a coverage extension, which open clocks follow."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.domain.durations import SECOND
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.events.agreements import AgreementCoverageExtensionEnded
from common.http import RequestModel, Transaction, if_match, rejection_response, router
from common.http.fields import Reason
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements import coverage
from sla.agreements.commands import order_bulk_update
from sla.agreements.dependencies import agreement_response, lock_version
from sla.agreements.domain.coverage_extension import SELF_APPROVAL, EarlyEnd, Extension, end_early
from sla.agreements.events import agreement_payload, emit
from sla.agreements.routes.clock_moves import record_audit
from sla.agreements.routes.coverage_extend import (
    ExtensionRead,
    extension_to_response,
    list_current_versions,
)
from sla.agreements.store import agreements
from sla.agreements.store import coverage_extensions as extensions
from sla.agreements.store.agreements import BINDING_STATES
from sla.agreements.store.bulk_update_orders import BulkUpdate
from sla.agreements.store.version_rows import AgreementVersion
from sla.path_parameters import AgreementRef, ExtensionId

routes = router("/v1/agreements", tags=["agreements"])


class CoverageEnd(RequestModel):
    """`ends_at`: the instant from which on it does not count, on a whole second. By default now."""

    ends_at: datetime | None = None
    reason: Reason


@routes.post("/{agreement}/extensions/{extension}/end", response_model=ExtensionRead)
async def end_coverage(
    name: AgreementRef,
    extension_id: ExtensionId,
    body: CoverageEnd,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("agreements:write")],
) -> ExtensionRead | Response:
    """End a coverage extension early; before its start, withdraw it.

    Open clocks follow, and their deadlines may come later, so the caller must be another person
    than the one who extended it. Time that has passed stays covered.
    """
    stored = await lock_version(tx, id_or_key(name), caller)
    if_match(request, stored.sequence, agreement_response(stored, caller))
    before = await extensions.find(tx, stored.agreement_id, extension_id)
    if before is None:
        raise NotFound("This extension")
    at = await transaction_time(tx)
    person = await counted_as(tx, caller.sub, before.created_by)
    early_end = EarlyEnd(_requested_end(body, before, at), body.reason, person, at)
    after = end_early(before, early_end)
    if after == SELF_APPROVAL:
        code = SELF_APPROVAL.code
        await record_audit(tx, stored, "agreement.end_cover.denied", caller, at, {"code": code})
        return rejection_response(SELF_APPROVAL)
    if isinstance(after, Rejection):
        raise Conflict(after.detail, code=after.code)
    await _store_early_end(tx, stored, before, after)
    await _emit(tx, stored, after, caller, at)
    return extension_to_response(after)


def _requested_end(body: CoverageEnd, before: Extension, at: datetime) -> datetime:
    """The end that is asked for; by default the next whole second, as calendars count whole ones.

    Raises ValidationFailed where it lies in the past, or not within the extension.
    """
    if body.ends_at is None:
        return at.replace(microsecond=0) + (SECOND if at.microsecond else timedelta(0))
    if body.ends_at.microsecond:
        raise ValidationFailed([Violation("/ends_at", "precision", "give it on a whole second")])
    if body.ends_at < at:
        raise ValidationFailed([Violation("/ends_at", "past", "what has passed stays covered")])
    if body.ends_at >= before.effective_end:
        raise ValidationFailed([Violation("/ends_at", "order", "before the end of the extension")])
    return body.ends_at


async def _store_early_end(
    tx: Connection, stored: AgreementVersion, before: Extension, after: Extension
) -> None:
    """Store the early end, and shorten the calendars of every version that has these hours."""
    early_end = after.early_end
    assert early_end is not None
    await extensions.save_early_end(tx, after.id, early_end)
    by, at = early_end.ended_by, early_end.ended_at
    history = await agreements.list_versions(tx, stored.agreement_id)
    # Superseded versions, too: some of their tickets are still open.
    binding_versions = [one.agreement for one in history if one.lifecycle.state in BINDING_STATES]
    if any([await coverage.shorten(tx, one, before, after, by, at) for one in binding_versions]):
        decision = (early_end.reason, by, at, before.created_by)
        await order_bulk_update(
            tx, BulkUpdate(uuid7(), stored.agreement_id, "shorten", None, *decision)
        )


async def _emit(
    tx: Connection, stored: AgreementVersion, after: Extension, caller: Caller, at: datetime
) -> None:
    extension_fields: dict[str, Any] = {
        "starts_at": after.starts_at,
        "ends_at": after.effective_end,
        "priorities": list(after.priorities),
    }
    # The event is about the version in force, even where a newer draft exists.
    version_in_force = next(iter(await list_current_versions(tx, stored, at)), stored)
    await emit(
        tx,
        stored,
        AgreementCoverageExtensionEnded(
            **agreement_payload(version_in_force, at), extension_id=after.id, **extension_fields
        ),
    )
    assert after.early_end is not None
    grounds = {"extension": after.id, "reason": after.early_end.reason, **extension_fields}
    await record_audit(tx, stored, "agreement.end_cover", caller, at, grounds)
