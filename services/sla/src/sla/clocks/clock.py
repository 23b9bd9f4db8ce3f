"""An SLA clock: the measure of one promise on one ticket, and what it hears (C1-C11). Pure.

A clock is a fold (`sla.clocks.fold`) over its inputs in the order in which they became known. It is never
asked what time it is; timers come in as inputs, too (`fired`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sla.agreements.agreement import Metric, Terms
from sla.calendars.timetable import Timetable

Timetables = Mapping[UUID, Timetable]
"""By calendar version: every version that one of the clock's terms ever named."""

State = Literal["idle", "running", "paused", "stopped", "withdrawn", "cancelled"]
Why = Literal["running", "waiting_on_customer", "stopped"]
Outcome = Literal["met", "breached", "excused"]
InputKind = Literal[
    "opened",
    "waiting",
    "resumed",
    "customer_replied",
    "replied",
    "worked_around",
    "resolved",
    "reopened",
    "closed",
    "target_changed",
    "fired",
    "waived",
    "cancelled",
]
ZERO = timedelta(0)
BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Firing:
    """A warning or the breach. `reached_at` may lie before `due_at`, where a change made it late.

    An action at `reached_at` itself still comes first: equal is in time (C5).
    """

    kind: str
    due_at: datetime
    reached_at: datetime
    reason: str = "deadline"


@dataclass(frozen=True, slots=True)
class Waived:
    """The GM's approval at `at`, good for a breach before `expires_at` (C11)."""

    waiver: UUID
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Input:
    """What a clock hears: it happened at `at`, and was known at `known_at` (C9)."""

    ordinal: int
    kind: InputKind
    at: datetime
    known_at: datetime
    terms: Terms | None = None
    waiting: bool = False
    firing: Firing | None = None
    waived: Waived | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time between two changes, and how much of it counted."""

    start: datetime
    end: datetime
    why: Why
    calendar: UUID
    worked: timedelta
    """Working time in it; it counted only where `why` is running."""


class Clock(NamedTuple):
    """Everything that the next input needs. A tuple, because a fold copies it several times per
    input, and the copy of a dataclass costs several times as much.

    `counted`, `fired`, `breached_at`: of this cycle.

    `since` is the start of the present stretch, which is not yet in `stretches`; `cycle` is the
    index of the first stretch of the present cycle (`next_reply` and `update` have several).
    """

    metric: Metric
    terms: Terms
    opened_at: datetime
    since: datetime
    open: bool
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
    breached_at: datetime | None = None
    breach_reason: str | None = None
    earlier_breach: datetime | None = None
    waivers: tuple[Waived, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    cycle: int = 0
    moved_by: InputKind = "opened"

    @property
    def state(self) -> State:
        if self.cancelled is not None:
            return "cancelled"
        if not self.open:
            return "idle" if self.stopped_at is None else "stopped"
        if self.terms.target is None:
            return "withdrawn"
        return "paused" if self.waits else "running"

    @property
    def waits(self) -> bool:
        """Waiting on the customer, and the promise lets that count for nothing (C2)."""
        return self.waiting and self.terms.pausable

    @property
    def why(self) -> Why:
        if not self.open or self.cancelled is not None:
            return "stopped"
        return "waiting_on_customer" if self.waits else "running"

    @property
    def broken_at(self) -> datetime | None:
        """When the promise broke first; every cycle counts (C1)."""
        return self.earlier_breach or self.breached_at

    @property
    def excuse(self) -> Waived | None:
        """The waiver that covers the breach: approved before it, and not expired at it (C11)."""
        broken = self.broken_at
        if broken is None:
            return None
        return next((w for w in self.waivers if w.at < broken < w.expires_at), None)

    @property
    def outcome(self) -> Outcome | None:
        """None while the promise can still be kept, and for a clock that came to nothing."""
        if self.broken_at is not None and self.state not in ("cancelled", "withdrawn"):
            return "breached" if self.excuse is None else "excused"
        return "met" if self.state == "stopped" and self.terms.target is not None else None


def shares(terms: Terms) -> list[tuple[str, timedelta]]:
    """Kind of warning and counted time at which it is due, in order."""
    if terms.target is None:
        return []
    return [(f"warning_{share * 100:g}", terms.target * share) for share in sorted(terms.shares)]


def fixed(terms: Terms, deadline: datetime) -> list[tuple[str, datetime]]:
    """Warnings that come a fixed elapsed time before the deadline."""
    return [
        (f"warning_{before // timedelta(seconds=1)}s_before", deadline - before)
        for before in sorted(terms.ahead, reverse=True)
    ]
