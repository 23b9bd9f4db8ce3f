"""The status of the open promises to each customer (R4). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

RagStatus = Literal["red", "amber", "green", "none"]


@dataclass(frozen=True, slots=True)
class StatusLine:
    """The open promises to a customer about a service (None: tickets without a service).

    `at_risk` are not breached but may be; those `likely_to_breach` are among them. `breached` are
    breached and still open, `excused` those of which a waiver covers the breach (R2). `tickets` are
    open, with or without a promise. `is_promised`: whether an agreement covers a new ticket. `next_at` is the earliest deadline that has not passed. `availability`
    is a share, that of this month in the agreement's zone, `promised` the agreed one, and `met`
    whether it can still be kept; None where none is agreed.
    """

    customer: str
    name: str
    service: str | None
    open: int
    at_risk: int
    likely_to_breach: int
    breached: int
    next_at: datetime | None
    availability: float | None = None
    promised: float | None = None
    met: bool | None = None
    tickets: int = 0
    excused: int = 0
    is_promised: bool = True

    @property
    def rag_status(self) -> RagStatus:
        """Red, amber or green: the line at a glance; none where nothing is promised."""
        if self.breached or self.met is False:
            return "red"
        if self.at_risk:
            return "amber"
        return "green" if self.is_promised or self.open else "none"


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """All lines at one instant, by customer and service. Equal only to itself: compare `lines`."""

    at: datetime
    lines: tuple[StatusLine, ...]

    def seen_by(self, customer: str | None) -> "Status":
        """The lines that contacts of a customer (by key) may see: their own. None: all, for staff."""
        if customer is None:
            return self
        return Status(self.at, tuple(line for line in self.lines if line.customer == customer))

    @property
    def id(self) -> str:
        """A digest of the lines: it does not change while only the time does."""
        return blake2b(repr(self.lines).encode(), digest_size=8).hexdigest()


def total(
    lines: Iterable[StatusLine],
    name: Literal["open", "at_risk", "likely_to_breach", "breached", "excused", "tickets"],
) -> int:
    return sum(getattr(line, name) for line in lines)
