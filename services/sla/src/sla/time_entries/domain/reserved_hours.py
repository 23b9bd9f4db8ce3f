"""Reserved hours: how much of them a month has used, and when to warn. Pure."""

from dataclasses import dataclass
from datetime import timedelta

WARNING_THRESHOLD = 0.8
"""The share of the reserved hours at which both sides are warned, once a month."""
ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class ReservedHours:
    """A month of a customer under one agreement. `reserved` None: no hours are reserved."""

    used: timedelta
    reserved: timedelta | None

    @property
    def remaining(self) -> timedelta | None:
        return None if self.reserved is None else max(self.reserved - self.used, ZERO)

    @property
    def overrun(self) -> timedelta:
        """The time used beyond the reserved hours."""
        return ZERO if self.reserved is None else max(self.used - self.reserved, ZERO)

    @property
    def used_ratio(self) -> float | None:
        """The share of the reserved hours that is used, above 1 once they are exceeded."""
        return self.used / self.reserved if self.reserved else None

    @property
    def is_running_out(self) -> bool:
        used_ratio = self.used_ratio
        return used_ratio is not None and used_ratio >= WARNING_THRESHOLD
