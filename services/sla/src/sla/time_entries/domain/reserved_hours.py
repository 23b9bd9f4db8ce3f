"""Reserved hours: how much of them a month has used, and when somebody should be told. Pure."""

from dataclasses import dataclass
from datetime import timedelta

WARNED_AT = 0.8
"""The share of the reserved hours at which both sides are told, once a month."""
ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Hours:
    """One month of one customer under one agreement. `reserved` None: none were agreed."""

    used: timedelta
    reserved: timedelta | None

    @property
    def left(self) -> timedelta | None:
        return None if self.reserved is None else max(self.reserved - self.used, ZERO)

    @property
    def over(self) -> timedelta:
        """What was used beyond the reserved hours."""
        return ZERO if self.reserved is None else max(self.used - self.reserved, ZERO)

    @property
    def share(self) -> float | None:
        """Used of reserved; above 1 when there is nothing left."""
        return self.used / self.reserved if self.reserved else None

    @property
    def running_out(self) -> bool:
        share = self.share
        return share is not None and share >= WARNED_AT
