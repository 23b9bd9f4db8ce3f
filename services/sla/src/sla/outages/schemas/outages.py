"""Response models of outages: for staff, and for customers, who see neither names nor reasons."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from common.domain.durations import SECOND
from common.http import Page, ResponseModel
from sla.outages.domain.outage import Outage, Record
from sla.outages.schemas.scope import ScopedRead
from sla.outages.store.corrections import Correction


class OutageRead(ScopedRead):
    """`duration_seconds` is elapsed time, null while it lasts. `counts` false: it was not an
    outage.

    `source`: `monitoring`, `ticket` or `manual`. `superseded_by`: the key of the outage as which this
    one of a ticket counts, since monitoring measured it; it gets no end of its own."""

    id: UUID
    key: str
    source: str
    ticket_id: UUID | None
    effect: str
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    counts: bool
    superseded_by: str | None


class OutageForStaff(OutageRead):
    """`reason`: what whoever reported it by hand said; null where monitoring or a ticket reported it."""

    reason: str | None


class OutagePage(Page[OutageForStaff | OutageRead]):
    """A page of outages, as the caller may read them."""


class OutageRecordForCustomer(ResponseModel):
    """The outage as it was known from `known_at` on."""

    kind: str
    effect: str
    started_at: datetime
    ended_at: datetime | None
    counts: bool
    known_at: datetime


class OutageRecordRead(OutageRecordForCustomer):
    """The same for staff. `confirmed_by`: who confirmed a correction that `by` requested."""

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


class OutageDetail(OutageForStaff):
    """`history`: all records, in order."""

    history: list[OutageRecordRead]
    corrections: list[CorrectionRead]


class OutageDetailForCustomer(OutageRead):
    """`history`: all records, in order."""

    history: list[OutageRecordForCustomer]


def to_response(outage: Outage, seen_by: str | None = None) -> OutageRead:
    """The outage without what staff alone reads; with `seen_by`, a customer's key, as that customer does.

    The ticket behind an outage of everybody may be another customer's, and so may what measured it.
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
        superseded_by=None if is_foreign else outage.superseded_by,
    )


def to_staff_response(outage: Outage) -> OutageForStaff:
    """The outage as staff reads it."""
    return OutageForStaff(**to_response(outage).model_dump(), reason=outage.reason)


def to_detail_response(
    outage: Outage, records: Iterable[Record], corrections: Iterable[Correction]
) -> OutageDetail:
    return OutageDetail(
        **to_staff_response(outage).model_dump(),
        history=[OutageRecordRead(**asdict(record)) for record in records],
        corrections=[to_correction_response(one) for one in corrections],
    )


def to_customer_detail_response(
    outage: Outage, records: Iterable[Record], seen_by: str
) -> OutageDetailForCustomer:
    """The outage as this customer (a key) reads it."""
    shown = OutageRecordForCustomer.model_fields
    history = [
        OutageRecordForCustomer(**{name: getattr(record, name) for name in shown})
        for record in records
    ]
    return OutageDetailForCustomer(**to_response(outage, seen_by).model_dump(), history=history)


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
