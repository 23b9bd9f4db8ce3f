"""How many promises were kept: raw, and adjusted for breaches that the GM had approved (R2). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compliance:
    """Counts of clocks that came to an outcome. An open clock within its deadline is not one yet."""

    met: int = 0
    breached: int = 0
    waived: int = 0

    @property
    def total(self) -> int:
        return self.met + self.breached + self.waived

    @property
    def raw(self) -> float | None:
        """The share that was met; None where nothing came to an outcome."""
        return self.met / self.total if self.total else None

    @property
    def adjusted(self) -> float | None:
        """The same, with breaches approved beforehand counted as kept."""
        return (self.met + self.waived) / self.total if self.total else None

    def __add__(self, other: "Compliance") -> "Compliance":
        return Compliance(
            self.met + other.met, self.breached + other.breached, self.waived + other.waived
        )
