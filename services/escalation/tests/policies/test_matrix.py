from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from escalation.policies.domain.matrix import (
    ALWAYS,
    Conditions,
    Matrix,
    MatrixRow,
    matrix_violations,
)

VALUES = st.sampled_from(["a", "b", "c"])
SETS = st.frozensets(VALUES, max_size=2)


@dataclass(frozen=True)
class Facts:
    severity: str = "major"
    kind: str | None = None
    customer: str | None = None
    service: str | None = None
    tier: str | None = None
    trigger: str = "clock_threshold_reached"


DAY, NIGHT = (
    MatrixRow(ALWAYS, "day"),
    MatrixRow(Conditions(severity=frozenset({"blocker"})), "night"),
)


def test_the_first_row_that_holds_decides() -> None:
    """E17: the order decides, not how exact a row is."""
    acme = MatrixRow(
        Conditions(severity=frozenset({"blocker"}), customer=frozenset({"acme"})),
        "acme",
    )
    blocker = Facts(severity="blocker", customer="acme")
    assert Matrix((NIGHT, acme, DAY)).policy_for(blocker) == "night"
    assert Matrix((acme, NIGHT, DAY)).policy_for(blocker) == "acme"
    assert Matrix((acme, NIGHT, DAY)).policy_for(replace(blocker, customer="other")) == "night"
    assert Matrix((NIGHT, DAY)).policy_for(Facts()) == "day"


def test_a_matrix_without_a_last_row_that_always_holds_is_refused() -> None:
    """E17."""
    assert matrix_violations((NIGHT,))
    assert matrix_violations(())
    assert matrix_violations((DAY, NIGHT))
    assert not matrix_violations((NIGHT, DAY))


def test_a_row_that_could_never_be_read_is_refused() -> None:
    assert matrix_violations((DAY, NIGHT, DAY)) == (
        "Row 1 holds always, so the rows after it would never be read.",
    )


@given(
    rows=st.lists(st.builds(Conditions, severity=SETS, customer=SETS, tier=SETS), max_size=5),
    facts=st.builds(Facts, severity=VALUES, customer=VALUES, tier=st.none() | VALUES),
)
def test_rows_are_read_in_order(rows: list[Conditions], facts: Facts) -> None:
    """E17, against a reading of the rule word for word."""
    matrix = Matrix(tuple(MatrixRow(c, str(n)) for n, c in enumerate([*rows, ALWAYS])))
    holding = [
        n
        for n, c in enumerate([*rows, ALWAYS])
        if all(
            not wanted or value in wanted
            for wanted, value in (
                (c.severity, facts.severity),
                (c.customer, facts.customer),
                (c.tier, facts.tier),
            )
        )
    ]
    assert matrix.policy_for(facts) == str(holding[0])
