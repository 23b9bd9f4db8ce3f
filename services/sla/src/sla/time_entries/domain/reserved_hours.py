"""Reserved hours: how much of them a month has used, and when somebody should be told. Pure."""

from dataclasses import dataclass
from datetime import timedelta

WARNING_THRESHOLD = 0.8
"""The share of the reserved hours at which both sides are told, once a month."""
ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class ReservedHours:
    """One month of one customer under one agreement. `reserved` None: none were agreed."""

    used: timedelta
    reserved: timedelta | None

    @property
    def remaining(self) -> timedelta | None:
        return None if self.reserved is None else max(self.reserved - self.used, ZERO)

    @property
    def overrun(self) -> timedelta:
        """What was used beyond the reserved hours."""
        return ZERO if self.reserved is None else max(self.used - self.reserved, ZERO)

    @property
    def used_ratio(self) -> float | None:
        """Used of reserved; above 1 when there is nothing left."""
        return self.used / self.reserved if self.reserved else None

    @property
    def is_running_out(self) -> bool:
        used_ratio = self.used_ratio
        return used_ratio is not None and used_ratio >= WARNING_THRESHOLD
