"""Which policy a trigger gets: an ordered list, the first row that holds decides (E17). Pure."""

from dataclasses import dataclass, fields
from typing import Protocol


class TriggerAttributes(Protocol):
    """What rows may ask about a trigger; None where it has no such thing."""

    @property
    def severity(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def customer(self) -> str | None: ...
    @property
    def service(self) -> str | None: ...
    @property
    def tier(self) -> str | None: ...
    @property
    def trigger(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Conditions:
    """Per fact the values that hold; an empty set asks nothing."""

    severity: frozenset[str] = frozenset()
    kind: frozenset[str] = frozenset()
    customer: frozenset[str] = frozenset()
    service: frozenset[str] = frozenset()
    tier: frozenset[str] = frozenset()
    trigger: frozenset[str] = frozenset()

    def matches(self, attributes: TriggerAttributes) -> bool:
        return all(
            not (values := getattr(self, f.name)) or getattr(attributes, f.name) in values
            for f in fields(self)
        )


ALWAYS = Conditions()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    when: Conditions
    policy: str


@dataclass(frozen=True, slots=True)
class Matrix:
    rows: tuple[MatrixRow, ...]

    def policy_for(self, attributes: TriggerAttributes) -> str:
        """The key of the policy that the first holding row names."""
        return next(row.policy for row in self.rows if row.when.matches(attributes))


def matrix_violations(rows: tuple[MatrixRow, ...]) -> tuple[str, ...]:
    """Why these rows make no matrix; empty when they do."""
    if not rows or rows[-1].when != ALWAYS:
        return ("The last row must hold always (no conditions), or a trigger could fall through.",)
    early = (n for n, row in enumerate(rows[:-1], 1) if row.when == ALWAYS)
    return tuple(f"Row {n} holds always, so the rows after it would never be read." for n in early)
