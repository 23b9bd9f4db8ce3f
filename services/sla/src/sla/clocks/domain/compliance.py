"""Compliance: the share of promises met, raw and adjusted for waived breaches (R2). Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Compliance:
    """Numbers of clocks by outcome; an open clock before its deadline has none."""

    met: int = 0
    breached: int = 0
    waived: int = 0

    @property
    def total(self) -> int:
        return self.met + self.breached + self.waived

    @property
    def raw(self) -> float | None:
        """The share of clocks that were met; None without clocks."""
        return self.met / self.total if self.total else None

    @property
    def adjusted(self) -> float | None:
        """The share of clocks that were met or waived; None without clocks."""
        return (self.met + self.waived) / self.total if self.total else None

    def __add__(self, other: "Compliance") -> "Compliance":
        return Compliance(
            self.met + other.met, self.breached + other.breached, self.waived + other.waived
        )
