"""A clock, the measure of one promise on one ticket, and its inputs (C1-C11). Pure.

A clock is a fold (`sla.clocks.domain.fold`) over its inputs in the order in which they became
known. It never reads the time: firings of timers are inputs as well (`fired`).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from uuid import UUID

from msgspec import Struct

from sla.agreements.domain.agreement import Contract, Metric, Terms
from sla.calendars.domain.timetable import Timetable
from sla.clocks.domain.timeline import SegmentKind, Timeline

Timetables = Mapping[UUID, Timetable]
"""Timetables by calendar version: of every version that the clock's terms ever named."""

State = Literal["not_started", "running", "paused", "stopped", "no_target", "cancelled"]
Outcome = Literal["met", "breached", "waived"]
InputKind = Literal[
    "opened",
    "on_hold",
    "resumed",
    "customer_replied",
    "replied",
    "answered",
    "forwarded",
    "handed_back",
    "workaround_provided",
    "resolved",
    "reopened",
    "reopened_by_us",
    "opened_earlier",
    "opened_later",
    "merged",
    "unmerged",
    "closed",
    "target_changed",
    "tags_changed",
    "coverage_extended",
    "coverage_extension_ended",
    "calendar_changed",
    "agreement_moved",
    "reclassified",
    "fired",
    "waived",
    "cancelled",
]
ZERO = timedelta(0)
EMPTY_TIMELINE = Timeline()
BREACH = "breach"


class Firing(Struct, frozen=True, array_like=True):
    """A warning or the breach. `reached_at` is before `due_at` where a change made it late.

    An action at `reached_at` itself comes first: it is in time (C5).
    """

    kind: str
    due_at: datetime
    reached_at: datetime
    reason: str = "deadline"


class ClockWaiver(Struct, frozen=True, array_like=True):
    """A waiver approved at `at`: it covers breaches before `expires_at` (C11), over a period from
    `starts_at` on. A later one with the same id replaces the earlier one.
    """

    waiver_id: UUID
    at: datetime
    expires_at: datetime
    starts_at: datetime | None = None

    def covers(self, breached_at: datetime) -> bool:
        """Return whether the waiver covers a breach at this instant."""
        has_started = self.starts_at is None or self.starts_at <= breached_at
        return has_started and self.at < breached_at < self.expires_at


class BeforeMerge(Struct, frozen=True, array_like=True):
    """What a clock was before its ticket was merged: by that it goes on if they are separated (C10)."""

    open: bool
    ended: bool
    stopped_at: datetime | None


class BreachAtWithdrawal(Struct, frozen=True, array_like=True):
    """What was broken when nothing was promised any more: the target, and the longest time counted until then (C10)."""

    target: timedelta
    counted: timedelta


class Input(Struct, frozen=True, gc=False):
    """An input of a clock: it occurred at `at` and became known at `known_at` (C9).

    `since` is that of `opened_earlier` and `opened_later`: the instant from which the clock counts now (C10).
    `by` are the accounts of those of our people who did or decided it, `former_version` the agreement
    version under which the clock ran before: for explanations alone, the fold never reads them.
    """

    ordinal: int
    kind: InputKind
    at: datetime
    known_at: datetime
    terms: Terms | None = None
    waiting: bool = False
    firing: Firing | None = None
    waiver: ClockWaiver | None = None
    reason: str | None = None
    since: datetime | None = None
    by: tuple[str, ...] = ()
    former_version: UUID | None = None


class Clock(Struct, frozen=True, omit_defaults=True, gc=False):
    """The state of a clock. `counted`, `fired`, `cycle_breached_at` are of the current cycle.

    `since` is the start of the current segment, which is not yet in `stretches`; `cycle` is the
    index of the first segment of the current cycle (`next_reply` and `update` have several).
    """

    metric: Metric
    terms: Terms
    opened_at: datetime
    since: datetime
    open: bool
    contract: Contract = "sla"
    waiting: bool = False
    ended: bool = False
    cancelled: str | None = None
    stopped_at: datetime | None = None
    counted: timedelta = ZERO
    paused: timedelta = ZERO
    worst: timedelta = ZERO
    deadline: datetime | None = None
    generation: int = 0
    fired: tuple[str, ...] = ()
    cycle_breached_at: datetime | None = None
    breach_reason: str | None = None
    earlier_breach: datetime | None = None
    waivers: tuple[ClockWaiver, ...] = ()
    stretches: Timeline = EMPTY_TIMELINE
    cycle: int = 0
    moved_by: InputKind = "opened"
    before_merge: BeforeMerge | None = None
    breach_at_withdrawal: BreachAtWithdrawal | None = None

    @property
    def state(self) -> State:
        if self.cancelled is not None:
            return "cancelled"
        if not self.open:
            return "not_started" if self.not_started else "stopped"
        if self.terms.target is None:
            return "no_target"
        return "paused" if self.is_paused else "running"

    @property
    def not_started(self) -> bool:
        """Whether it has not started yet: `next_reply` before the customer's next message."""
        return not self.open and self.stopped_at is None

    @property
    def is_paused(self) -> bool:
        """Whether it waits on the customer and the terms let that pause the clock (C2)."""
        return self.waiting and self.terms.pausable

    @property
    def segment_kind(self) -> SegmentKind:
        if not self.open or self.cancelled is not None:
            return "stopped"
        return "waiting_on_customer" if self.is_paused else "running"

    @property
    def breached_at(self) -> datetime | None:
        """The first breach of all cycles (C1), the first one that no waiver covers if any (C11)."""
        if self.cycle_breached_at is None and self.earlier_breach is None:
            return None
        breaches = [at for at in (self.earlier_breach, self.cycle_breached_at) if at is not None]
        not_waived = (at for at in breaches if self.waiver_covering(at) is None)
        return next(not_waived, breaches[0])

    @property
    def waiver(self) -> ClockWaiver | None:
        """The waiver that covers the breach, if any (C11)."""
        return None if self.breached_at is None else self.waiver_covering(self.breached_at)

    def waiver_covering(self, breached_at: datetime) -> ClockWaiver | None:
        """Return the first waiver that covers a breach at this instant."""
        return next((one for one in self.waivers if one.covers(breached_at)), None)

    @property
    def outcome(self) -> Outcome | None:
        """None while the promise can still be kept, when cancelled, and without a target.

        What was broken before its target was withdrawn stays broken (C10).
        """
        if self.breached_at is not None and self._breach_counts:
            return "breached" if self.waiver is None else "waived"
        return "met" if self.state == "stopped" and self.terms.target is not None else None

    @property
    def _breach_counts(self) -> bool:
        return self.breach_at_withdrawal is not None or self.state not in ("cancelled", "no_target")


def warning_thresholds(terms: Terms) -> tuple[tuple[str, timedelta], ...]:
    """Return the warnings by share of the target: kind and counted time, in order."""
    return () if terms.target is None else _cached_thresholds(terms.target, terms.shares)


@lru_cache(maxsize=1024)
def _cached_thresholds(
    target: timedelta, thresholds: tuple[float, ...]
) -> tuple[tuple[str, timedelta], ...]:
    return tuple((f"warning_{share * 100:g}", target * share) for share in sorted(thresholds))


def fixed_warnings(terms: Terms, deadline: datetime) -> list[tuple[str, datetime]]:
    """Return the warnings a fixed elapsed time before the deadline: kind and instant, in order."""
    return [
        (f"warning_{before // timedelta(seconds=1)}s_before", deadline - before)
        for before in sorted(terms.ahead, reverse=True)
    ]
