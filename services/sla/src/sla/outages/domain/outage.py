"""An outage: a fold over append-only records (R16). Pure.

The records are the reports of monitoring, a ticket or a person, and later corrections by two
people. Availability is computed from the outage as it is now, or as it was known at an earlier
moment (A5).
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
    """An outage of a scope from `started_at` to `ended_at` (None: open), both whole seconds.

    `counts` False: it was not an outage, by a correction or by monitoring. `source_id` is the id of
    the alert or ticket. `ordinal` is that of the last record, `sequence` that of the last event.
    `reason` is what whoever reported it by hand said. `superseded_by` is the key of the outage as which
    it counts, None where there is none.
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
    reason: str | None = None
    superseded_by: str | None = None

    def downtime_interval(self) -> DowntimeInterval:
        return DowntimeInterval(self.started_at, self.ended_at, self.effect, self.key)


@dataclass(frozen=True, slots=True)
class Record:
    """The outage after one change; a correction of `by` is confirmed by `confirmed_by`."""

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
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class OutageChange:
    """The change of a correction. None leaves a value as it is; `reopened` removes the end."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: bool = False
    effect: Effect | None = None
    counts: bool | None = None


def truncate_to_second(at: datetime) -> datetime:
    """Return the start of the second in which `at` lies, so that durations add up to the second."""
    return at.replace(microsecond=0)


def mark_ended(outage: Outage, at: datetime) -> Outage | None:
    """Return the outage with its end, not before its start.

    None where it has ended already or does not count: a repeated report changes nothing, and a
    corrected end stays.
    """
    if outage.ended_at is not None or not outage.counts:
        return None
    return replace(
        outage, ended_at=max(truncate_to_second(at), outage.started_at), ordinal=outage.ordinal + 1
    )


def mark_superseded(outage: Outage, successor: str) -> Outage:
    """Return a ticket's outage as one that counts as `successor` (a key): monitoring measures it."""
    return replace(outage, counts=False, superseded_by=successor, ordinal=outage.ordinal + 1)


def apply_change(outage: Outage, change: OutageChange) -> Outage:
    """Apply a correction. Raises ValueError with a message for people where it is not possible."""
    start = truncate_to_second(change.started_at) if change.started_at else outage.started_at
    end = truncate_to_second(change.ended_at) if change.ended_at else outage.ended_at
    counts = outage.counts if change.counts is None else change.counts
    after = replace(
        outage,
        started_at=start,
        ended_at=None if change.reopened else end,
        effect=change.effect or outage.effect,
        counts=counts,
        superseded_by=None if counts else outage.superseded_by,
    )
    if after.ended_at is not None and after.ended_at < after.started_at:
        raise ValueError("it would end before it starts")
    if after == outage:
        raise ValueError("the correction changes nothing")
    return replace(after, ordinal=outage.ordinal + 1)


def build_record(
    outage: Outage,
    kind: RecordKind,
    known_at: datetime,
    actor: str,
    confirmed_by: str | None = None,
    reason: str | None = None,
) -> Record:
    """Build the record of the change that led to this state of the outage."""
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
        outage.superseded_by,
    )


def as_known(outage: Outage, records: Iterable[Record], at: datetime) -> Outage | None:
    """Return the outage as it was known at a moment; None before its first record (A5)."""
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
        superseded_by=last.superseded_by,
        ordinal=last.ordinal,
    )
