"""An outage: a fold over records that are only ever added (R16). Pure.

What monitoring, a ticket or a person said of its beginning and end, and what two people corrected
later. The figures are computed from what holds now, or from what held at an earlier moment (A5).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from sla.outages.domain.scope import Scope
from sla.outages.domain.state_timeline import DowntimeInterval, Effect

Source = Literal["monitoring", "ticket", "manual"]
RecordKind = Literal["started", "ended", "corrected", "superseded"]


@dataclass(frozen=True, slots=True)
class Outage:
    """`counts` False: it was none, as a correction or the monitor's own measurement showed.

    `source_id` is the alert's or ticket's id. Both ends are whole seconds; `ended_at` None is open.
    `ordinal` is that of the last record, `sequence` that of the last event.
    """

    id: UUID
    key: str
    scope: Scope
    source: Source
    source_id: UUID | None
    ticket_id: UUID | None
    effect: Effect
    started_at: datetime
    ended_at: datetime | None
    counts: bool = True
    ordinal: int = 1
    sequence: int = 1

    def downtime_interval(self) -> DowntimeInterval:
        return DowntimeInterval(self.started_at, self.ended_at, self.effect, self.key)


@dataclass(frozen=True, slots=True)
class Record:
    """How the outage stood after it. `confirmed_by` is who confirmed a correction: another than `by`."""

    ordinal: int
    kind: RecordKind
    effect: Effect
    started_at: datetime
    ended_at: datetime | None
    counts: bool
    known_at: datetime
    by: str
    confirmed_by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class OutageChange:
    """What a correction makes of an outage. None leaves a value; `reopened` takes the end away."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: bool = False
    effect: Effect | None = None
    counts: bool | None = None


def truncate_to_second(at: datetime) -> datetime:
    """The second in which `at` lies: what is shown must sum to the second."""
    return at.replace(microsecond=0)


def mark_ended(outage: Outage, at: datetime) -> Outage | None:
    """The outage with its end, never before its start. None where it has one already: what comes
    twice changes nothing, and an end that two people corrected stands."""
    if outage.ended_at is not None or not outage.counts:
        return None
    return replace(
        outage, ended_at=max(truncate_to_second(at), outage.started_at), ordinal=outage.ordinal + 1
    )


def mark_superseded(outage: Outage) -> Outage:
    """A ticket's outage, once monitoring measures the very same one."""
    return replace(outage, counts=False, ordinal=outage.ordinal + 1)


def apply_change(outage: Outage, change: OutageChange) -> Outage:
    """The outage as it would be. Raises ValueError with what is wrong, in words for people."""
    start = truncate_to_second(change.started_at) if change.started_at else outage.started_at
    end = truncate_to_second(change.ended_at) if change.ended_at else outage.ended_at
    after = replace(
        outage,
        started_at=start,
        ended_at=None if change.reopened else end,
        effect=change.effect or outage.effect,
        counts=outage.counts if change.counts is None else change.counts,
    )
    if after.ended_at is not None and after.ended_at < after.started_at:
        raise ValueError("it would end before it starts")
    if after == outage:
        raise ValueError("it says that already")
    return replace(after, ordinal=outage.ordinal + 1)


def build_record(
    outage: Outage,
    kind: RecordKind,
    known_at: datetime,
    actor: str,
    confirmed_by: str | None = None,
    reason: str | None = None,
) -> Record:
    """What is added to the history when the outage has come to stand like this."""
    return Record(
        outage.ordinal,
        kind,
        outage.effect,
        outage.started_at,
        outage.ended_at,
        outage.counts,
        known_at,
        actor,
        confirmed_by,
        reason,
    )


def as_known(outage: Outage, records: Iterable[Record], at: datetime) -> Outage | None:
    """The outage as it was known at a moment; None while nobody had said a word of it (A5)."""
    known_records = [record for record in records if record.known_at <= at]
    if not known_records:
        return None
    last = max(known_records, key=lambda record: record.ordinal)
    return replace(
        outage,
        effect=last.effect,
        started_at=last.started_at,
        ended_at=last.ended_at,
        counts=last.counts,
        ordinal=last.ordinal,
    )
