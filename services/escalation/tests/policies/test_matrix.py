from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from escalation.policies.domain.matrix import (
    ALWAYS,
    Conditions,
    Matrix,
    MatrixRow,
    matrix_violations,
)
from escalation.policies.domain.trigger import Trigger

VALUES = st.sampled_from(["a", "b", "c"])
SETS = st.frozensets(VALUES, max_size=2)


def trigger(severity: str = "major", **attributes: Any) -> Trigger:
    at = datetime(2026, 3, 1, 3, tzinfo=UTC)
    return Trigger("clock_threshold_reached", severity, "x", "x", at, **attributes)


DAY, NIGHT = (
    MatrixRow(ALWAYS, "day"),
    MatrixRow(Conditions(severity=frozenset({"blocker"})), "night"),
)


def test_the_first_row_that_matches_decides() -> None:
    """E17: the order decides, not how exact a row is."""
    acme = MatrixRow(
        Conditions(severity=frozenset({"blocker"}), customer=frozenset({"acme"})),
        "acme",
    )
    blocker = trigger(severity="blocker", customer="acme")
    assert Matrix((NIGHT, acme, DAY)).policy_for(blocker) == "night"
    assert Matrix((acme, NIGHT, DAY)).policy_for(blocker) == "acme"
    assert Matrix((acme, NIGHT, DAY)).policy_for(replace(blocker, customer="other")) == "night"
    assert Matrix((NIGHT, DAY)).policy_for(trigger()) == "day"


def test_a_matrix_whose_last_row_does_not_match_always_is_refused() -> None:
    """E17."""
    assert matrix_violations((NIGHT,))
    assert matrix_violations(())
    assert matrix_violations((DAY, NIGHT))
    assert not matrix_violations((NIGHT, DAY))


def test_a_row_that_would_never_be_tried_is_refused() -> None:
    assert matrix_violations((DAY, NIGHT, DAY)) == (
        "Row 1 matches always, so the rows after it are never tried: move it to the end.",
    )


@given(
    rows=st.lists(st.builds(Conditions, severity=SETS, customer=SETS, tier=SETS), max_size=5),
    cause=st.builds(trigger, severity=VALUES, customer=VALUES, tier=st.none() | VALUES),
)
def test_rows_are_read_in_order(rows: list[Conditions], cause: Trigger) -> None:
    """E17, against the rule written out."""
    matrix = Matrix(tuple(MatrixRow(c, str(n)) for n, c in enumerate([*rows, ALWAYS])))
    matching = [
        n
        for n, c in enumerate([*rows, ALWAYS])
        if all(
            not allowed or value in allowed
            for allowed, value in (
                (c.severity, cause.severity),
                (c.customer, cause.customer),
                (c.tier, cause.tier),
            )
        )
    ]
    assert matrix.policy_for(cause) == str(matching[0])
