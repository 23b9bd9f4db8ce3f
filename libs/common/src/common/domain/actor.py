"""Who acts."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, by `sub`; `via_machine` is the machine that speaks for them (On-Behalf-Of)."""

    sub: str
    via_machine: str | None = None


SYSTEM: Final = Actor("opsdesk")
"""Who acts where no person does."""
