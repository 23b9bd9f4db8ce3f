"""The matrix: an ordered list of rows; the first that matches a trigger gives its policy (E17). Pure."""

from dataclasses import dataclass

from escalation.policies.domain.trigger import Trigger


@dataclass(frozen=True, slots=True)
class Conditions:
    """Per attribute of a trigger the values that match; an empty set matches every value.

    Stored as JSON by the names of the fields: `kind` is the ticket's kind, `trigger` the trigger's.
    """

    severity: frozenset[str] = frozenset()
    kind: frozenset[str] = frozenset()
    customer: frozenset[str] = frozenset()
    service: frozenset[str] = frozenset()
    tier: frozenset[str] = frozenset()
    trigger: frozenset[str] = frozenset()

    def matches(self, trigger: Trigger) -> bool:
        """Whether every condition holds; an attribute that the trigger lacks matches no value."""
        pairs = (
            (self.severity, trigger.severity),
            (self.kind, trigger.ticket_kind),
            (self.customer, trigger.customer),
            (self.service, trigger.service),
            (self.tier, trigger.tier),
            (self.trigger, trigger.kind),
        )
        return all(not allowed or value in allowed for allowed, value in pairs)


ALWAYS = Conditions()


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """`policy` is the key of the policy that triggers get which match `when`."""

    when: Conditions
    policy: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows in the order in which they are tried."""

    rows: tuple[MatrixRow, ...]

    def policy_for(self, trigger: Trigger) -> str:
        """The key of the policy in the first row that matches."""
        return next(row.policy for row in self.rows if row.when.matches(trigger))


def matrix_violations(rows: tuple[MatrixRow, ...]) -> tuple[str, ...]:
    """Why these rows are not a valid matrix; empty when they are."""
    if not rows or rows[-1].when != ALWAYS:
        return (
            "The last row must match always (no conditions), or a trigger could get no policy.",
        )
    early = (n for n, row in enumerate(rows[:-1], 1) if row.when == ALWAYS)
    return tuple(
        f"Row {n} matches always, so the rows after it are never tried: move it to the end."
        for n in early
    )
