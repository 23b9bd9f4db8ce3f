"""How the promises to each customer stand at this moment, for everybody to see (R4). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Literal

RagStatus = Literal["red", "amber", "green"]


@dataclass(frozen=True, slots=True)
class StatusLine:
    """Of a customer and a service (None: tickets that name none), open promises only.

    `at_risk` are not broken and expected to be, or may be; `likely_to_breach` are among them. `breached` are
    broken and still open. `next_at`: when the next one breaks that has not. `availability` is a
    share, of this month in the agreement's zone; `met` whether what was promised of it can still be
    kept; None where nothing is.
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

    @property
    def rag_status(self) -> RagStatus:
        """What a wall screen shows from afar."""
        if self.breached or self.met is False:
            return "red"
        return "amber" if self.at_risk else "green"


@dataclass(frozen=True, slots=True, eq=False)
class Status:
    """All lines at one moment, by customer and service. One is itself alone: compare `lines`."""

    at: datetime
    lines: tuple[StatusLine, ...]

    def seen_by(self, customer: str | None) -> "Status":
        """What a customer's contact (by key) may see: the own lines. None: everybody of the house."""
        if customer is None:
            return self
        return Status(self.at, tuple(line for line in self.lines if line.customer == customer))

    @property
    def id(self) -> str:
        """The same as long as nothing but the time has changed."""
        return blake2b(repr(self.lines).encode(), digest_size=8).hexdigest()


def total(
    lines: Iterable[StatusLine], name: Literal["open", "at_risk", "likely_to_breach", "breached"]
) -> int:
    return sum(getattr(line, name) for line in lines)
