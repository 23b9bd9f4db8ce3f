from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from delivery_gate.environments.domain import (
    DEFAULT_DEBT_DEADLINE,
    Environment,
    accept_drift,
    apply_version,
    incur_debt,
    mark_overdue,
    observe,
)
from delivery_gate.versions.domain import Version

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
CHANGE = UUID(int=9)
ONE, TWO = ("sha256:" + digit * 64 for digit in "12")
RUNS_ONE = Environment(
    UUID(int=2), "acme-prod", UUID(int=3), "acme", "production", {"billing": ONE}
)
OWING = incur_debt(RUNS_ONE, CHANGE, "EMC-9", NINE, DEFAULT_DEBT_DEADLINE)


def version(digest: str, contains: frozenset[UUID] = frozenset()) -> Version:
    return Version(UUID(int=1), "billing", "1.5.0", digest, contains, 2, "ci", NINE)


def test_a_debt_is_due_after_72_hours() -> None:
    """G8."""
    assert OWING.state == "in_debt"
    assert OWING.debt is not None
    assert OWING.debt.due_at == NINE + timedelta(hours=72)


@given(st.timedeltas(timedelta(0), timedelta(days=9)))
def test_a_debt_is_overdue_from_its_due_time_and_only_once(after: timedelta) -> None:
    """G8."""
    marked = mark_overdue(OWING, NINE + after)
    assert (marked != OWING) == (after >= DEFAULT_DEBT_DEADLINE)
    assert mark_overdue(marked, NINE + timedelta(days=99)).debt is not None
    if marked != OWING:
        assert mark_overdue(marked, NINE + timedelta(days=99)) == marked


def test_only_a_version_with_the_change_pays() -> None:
    """G8."""
    assert apply_version(OWING, version(TWO)).state == "in_debt"
    paid = apply_version(OWING, version(TWO, frozenset({CHANGE})))
    assert (paid.state, paid.running) == ("compliant", {"billing": TWO})


def test_an_unexplained_digest_is_drift_and_the_known_one_restores() -> None:
    """G10."""
    drifted = observe(RUNS_ONE, "billing", TWO, NINE)
    assert drifted.state == "drifted"
    assert observe(drifted, "billing", ONE, NINE).state == "compliant"
    assert observe(RUNS_ONE, "billing", None, NINE).state == "drifted"


def test_another_product_s_known_digest_restores_nothing() -> None:
    both = replace(RUNS_ONE, running={"billing": ONE, "portal": TWO})
    drifted = observe(both, "billing", TWO, NINE)
    assert observe(drifted, "portal", TWO, NINE).state == "drifted"
    assert apply_version(drifted, replace(version(ONE), product="portal")).state == "drifted"


def test_drift_explained_by_an_emergency_stays_quiet() -> None:
    """G10."""
    assert observe(OWING, "billing", TWO, NINE) == OWING


def test_an_explained_drift_is_what_runs_now() -> None:
    """G10."""
    explained = accept_drift(observe(RUNS_ONE, "billing", TWO, NINE))
    assert (explained.state, explained.running) == ("compliant", {"billing": TWO})
    assert observe(explained, "billing", TWO, NINE) == explained
    assert accept_drift(RUNS_ONE) == RUNS_ONE
