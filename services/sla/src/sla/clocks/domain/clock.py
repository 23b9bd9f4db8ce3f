"""An SLA clock: the measure of one promise on one ticket, and its inputs (C1-C11). Pure.

A clock is a fold (`sla.clocks.domain.fold`) over its inputs in the order in which they became known. It is never
asked what time it is; timers come in as inputs, too (`fired`).
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
"""By calendar version: every version that one of the clock's terms ever named."""

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
    "closed",
    "target_changed",
    "coverage_extended",
    "coverage_extension_ended",
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
    """A warning or the breach. `reached_at` may lie before `due_at`, where a change made it late.

    An action at `reached_at` itself still comes first: equal is in time (C5).
    """

    kind: str
    due_at: datetime
    reached_at: datetime
    reason: str = "deadline"


class ClockWaiver(Struct, frozen=True, array_like=True):
    """The GM's approval at `at`, good for a breach before `expires_at` (C11), and from `starts_at`
    on where it is one over a period. A later one of the same waiver takes the place of the earlier.
    """

    waiver_id: UUID
    at: datetime
    expires_at: datetime
    starts_at: datetime | None = None

    def covers(self, breached_at: datetime) -> bool:
        has_started = self.starts_at is None or self.starts_at <= breached_at
        return has_started and self.at < breached_at < self.expires_at


class Input(Struct, frozen=True, gc=False):
    """An input of a clock: it happened at `at`, and was known at `known_at` (C9)."""

    ordinal: int
    kind: InputKind
    at: datetime
    known_at: datetime
    terms: Terms | None = None
    waiting: bool = False
    firing: Firing | None = None
    waiver: ClockWaiver | None = None
    reason: str | None = None


class Clock(Struct, frozen=True, omit_defaults=True, gc=False):
    """Everything that the next input needs. `counted`, `fired`, `cycle_breached_at`: of this cycle.

    `since` is the start of the present stretch, which is not yet in `stretches`; `cycle` is the
    index of the first stretch of the present cycle (`next_reply` and `update` have several).
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
        """Not begun: `next_reply` before the customer's next message."""
        return not self.open and self.stopped_at is None

    @property
    def is_paused(self) -> bool:
        """Waiting on the customer, and the promise lets that count for nothing (C2)."""
        return self.waiting and self.terms.pausable

    @property
    def segment_kind(self) -> SegmentKind:
        if not self.open or self.cancelled is not None:
            return "stopped"
        return "waiting_on_customer" if self.is_paused else "running"

    @property
    def breached_at(self) -> datetime | None:
        """When the promise broke first; every cycle counts (C1), and what nobody approved counts
        before what was approved: one excuse does not cover another breach (C11)."""
        breaches = [at for at in (self.earlier_breach, self.cycle_breached_at) if at is not None]
        plain = (at for at in breaches if self.waiver_covering(at) is None)
        return next(plain, breaches[0] if breaches else None)

    @property
    def waiver(self) -> ClockWaiver | None:
        """The waiver that covers the breach: approved before it, and not expired at it (C11)."""
        return None if self.breached_at is None else self.waiver_covering(self.breached_at)

    def waiver_covering(self, breached_at: datetime) -> ClockWaiver | None:
        return next((waived for waived in self.waivers if waived.covers(breached_at)), None)

    @property
    def outcome(self) -> Outcome | None:
        """None while the promise can still be kept, and for a clock that came to nothing."""
        if self.breached_at is not None and self.state not in ("cancelled", "no_target"):
            return "breached" if self.waiver is None else "waived"
        return "met" if self.state == "stopped" and self.terms.target is not None else None


def warning_thresholds(terms: Terms) -> tuple[tuple[str, timedelta], ...]:
    """Kind of warning and counted time at which it is due, in order."""
    return () if terms.target is None else _cached_thresholds(terms.target, terms.shares)


@lru_cache(maxsize=1024)
def _cached_thresholds(
    target: timedelta, thresholds: tuple[float, ...]
) -> tuple[tuple[str, timedelta], ...]:
    return tuple((f"warning_{share * 100:g}", target * share) for share in sorted(thresholds))


def fixed_warnings(terms: Terms, deadline: datetime) -> list[tuple[str, datetime]]:
    """Warnings that come a fixed elapsed time before the deadline."""
    return [
        (f"warning_{before // timedelta(seconds=1)}s_before", deadline - before)
        for before in sorted(terms.ahead, reverse=True)
    ]
