"""Response models of outages. Customers see neither names nor reasons."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from common.auth import Caller
from common.domain.durations import SECOND
from common.http import ResponseModel
from sla.outages.domain.outage import Outage, Record
from sla.outages.schemas.scope import ScopedRead
from sla.outages.store.corrections import Correction


class OutageRead(ScopedRead):
    """`duration_seconds` is elapsed time, null while it lasts. `counts` false: it was not an
    outage.

    `source`: `monitoring`, `ticket` or `manual`."""

    id: UUID
    key: str
    source: str
    ticket_id: UUID | None
    effect: str
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    counts: bool


class OutageRecordRead(ResponseModel):
    """The outage as it was known from `known_at` on. `confirmed_by`: who confirmed a correction
    that `by` requested."""

    kind: str
    effect: str
    started_at: datetime
    ended_at: datetime | None
    counts: bool
    known_at: datetime
    by: str | None
    confirmed_by: str | None
    reason: str | None


class CorrectionRead(ResponseModel):
    """Null leaves a value as it is; `reopened` removes the end."""

    id: UUID
    started_at: datetime | None
    ended_at: datetime | None
    reopened: bool
    effect: str | None
    counts: bool | None
    reason: str
    state: str
    requested_by: str
    requested_at: datetime
    decided_by: str | None
    decided_at: datetime | None


class OutageDetail(OutageRead):
    """`history`: all records, in order. Customers see no `corrections`."""

    history: list[OutageRecordRead]
    corrections: list[CorrectionRead]


def to_response(outage: Outage, seen_by: str | None = None) -> OutageRead:
    """The outage as staff reads it; with `seen_by`, a customer's key, as that customer does.

    The ticket behind an outage of everybody may be another customer's.
    """
    is_foreign = seen_by is not None and outage.scope.customer != seen_by
    duration = None if outage.ended_at is None else outage.ended_at - outage.started_at
    return OutageRead(
        id=outage.id,
        key=outage.key,
        customer=outage.scope.customer,
        environment=outage.scope.environment,
        service=outage.scope.service,
        source=outage.source,
        ticket_id=None if is_foreign else outage.ticket_id,
        effect=outage.effect,
        started_at=outage.started_at,
        ended_at=outage.ended_at,
        duration_seconds=None if duration is None else duration // SECOND,
        counts=outage.counts,
    )


def to_detail_response(
    outage: Outage, records: Iterable[Record], corrections: Iterable[Correction], caller: Caller
) -> OutageDetail:
    hidden = {"by": None, "confirmed_by": None, "reason": None} if caller.customer else {}
    history = [OutageRecordRead(**asdict(record) | hidden) for record in records]
    correction_responses = (
        [] if caller.customer else [to_correction_response(one) for one in corrections]
    )
    return OutageDetail(
        **to_response(outage, caller.customer).model_dump(),
        history=history,
        corrections=correction_responses,
    )


def to_correction_response(correction: Correction) -> CorrectionRead:
    change = correction.change
    return CorrectionRead(
        id=correction.id,
        started_at=change.started_at,
        ended_at=change.ended_at,
        reopened=change.reopened,
        effect=change.effect,
        counts=change.counts,
        reason=correction.reason,
        state=correction.state,
        requested_by=correction.requested_by,
        requested_at=correction.requested_at,
        decided_by=correction.decided_by,
        decided_at=correction.decided_at,
    )
