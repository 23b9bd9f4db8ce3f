"""Outages as they are answered. Customers are not told who said what in which words."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from common.auth import Caller
from common.http import ResponseModel
from sla.outages.domain.outage import Outage, Record
from sla.outages.schemas.scope import PlacedTold
from sla.outages.store.corrections import Correction

SECOND = timedelta(seconds=1)


class OutageTold(PlacedTold):
    """`duration_seconds` is elapsed time, null while it lasts. `counts` false: it was none.
    `source`: `monitoring`, `ticket` or `hand`."""

    id: UUID
    key: str
    source: str
    ticket_id: UUID | None
    effect: str
    started_at: datetime
    ended_at: datetime | None
    duration_seconds: int | None
    counts: bool


class RecordTold(ResponseModel):
    """How the outage stood from `known_at` on. `confirmed_by` confirmed what `by` asked for."""

    kind: str
    effect: str
    started_at: datetime
    ended_at: datetime | None
    counts: bool
    known_at: datetime
    by: str | None
    confirmed_by: str | None
    reason: str | None


class CorrectionTold(ResponseModel):
    """Null leaves a value as it is; `reopened` takes the end away."""

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


class OneOutageTold(OutageTold):
    """`history` is all that was said, in order; customers see no corrections that are open."""

    history: list[RecordTold]
    corrections: list[CorrectionTold]


def told(outage: Outage) -> OutageTold:
    lasted = None if outage.ended_at is None else outage.ended_at - outage.started_at
    return OutageTold(
        id=outage.id,
        key=outage.key,
        customer=outage.place.customer,
        environment=outage.place.environment,
        service=outage.place.service,
        source=outage.source,
        ticket_id=outage.ticket_id,
        effect=outage.effect,
        started_at=outage.started_at,
        ended_at=outage.ended_at,
        duration_seconds=None if lasted is None else lasted // SECOND,
        counts=outage.counts,
    )


def one_told(
    outage: Outage, said: Iterable[Record], asked: Iterable[Correction], caller: Caller
) -> OneOutageTold:
    unsaid = {"by": None, "confirmed_by": None, "reason": None} if caller.customer else {}
    history = [RecordTold(**asdict(record) | unsaid) for record in said]
    shown = [] if caller.customer else [correction_told(one) for one in asked]
    return OneOutageTold(**told(outage).model_dump(), history=history, corrections=shown)


def correction_told(correction: Correction) -> CorrectionTold:
    wish = correction.wish
    return CorrectionTold(
        id=correction.id,
        started_at=wish.started_at,
        ended_at=wish.ended_at,
        reopened=wish.reopened,
        effect=wish.effect,
        counts=wish.counts,
        reason=correction.reason,
        state=correction.state,
        requested_by=correction.requested_by,
        requested_at=correction.requested_at,
        decided_by=correction.decided_by,
        decided_at=correction.decided_at,
    )
