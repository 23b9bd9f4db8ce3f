from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import ReasonCode
from delivery_gate.emergencies.domain import (
    Blocker,
    EmergencyChange,
    apply,
    authorize,
    check_blocker,
    lapse,
    mark_without_blocker,
    request,
    revoke,
    settle,
    withdraw_mark,
)
from delivery_gate.environments.domain import DEFAULT_DEBT_DEADLINE, Environment, incur_debt

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
BLOCKER = Blocker(UUID(int=1), "OPS-1042", "acme-prod", "open")
PROD = Environment(UUID(int=2), "acme-prod", UUID(int=3), "acme", "production")
REQUESTED = EmergencyChange(
    UUID(int=4),
    "EMC-4",
    "acme-prod",
    BLOCKER.ticket_id,
    BLOCKER.key,
    "Raise the pool limit.",
    "anna",
    NINE,
)
AUTHORIZED = replace(REQUESTED, state="authorized", authorized_by="omar", authorized_at=NINE)
APPLIED = replace(AUTHORIZED, state="applied", applied_by="anna", applied_at=NINE)

MISSING = [
    (None, ReasonCode.NOT_BLOCKER),
    (replace(BLOCKER, state="lowered"), ReasonCode.NOT_BLOCKER),
    (replace(BLOCKER, state="closed"), ReasonCode.BLOCKER_CLOSED),
    (replace(BLOCKER, environment="acme-staging"), ReasonCode.BLOCKER_ELSEWHERE),
    (replace(BLOCKER, environment=None), ReasonCode.BLOCKER_ELSEWHERE),
]


def code(answer: EmergencyChange | Rejection | None) -> ReasonCode | None:
    return ReasonCode(answer.code) if isinstance(answer, Rejection) else None


def test_an_open_blocker_here_and_a_second_person_let_it_through() -> None:
    """R7, G8."""
    assert request(REQUESTED, BLOCKER, PROD, None) == REQUESTED
    assert authorize(REQUESTED, "omar", NINE, BLOCKER, PROD, is_current=True) == AUTHORIZED
    assert apply(AUTHORIZED, "anna", NINE, BLOCKER, PROD, busy=False, is_current=True) == APPLIED


@pytest.mark.parametrize(("blocker", "expected"), MISSING)
def test_without_an_open_blocker_here_it_is_denied_at_every_step(
    blocker: Blocker | None, expected: ReasonCode
) -> None:
    """G8."""
    assert code(check_blocker(blocker, "acme-prod")) is expected
    assert code(request(REQUESTED, blocker, PROD, None)) is expected
    assert code(authorize(REQUESTED, "omar", NINE, blocker, PROD, is_current=True)) is expected
    assert (
        code(apply(AUTHORIZED, "anna", NINE, blocker, PROD, busy=False, is_current=True))
        is expected
    )


@pytest.mark.parametrize("blocker", [BLOCKER, None, replace(BLOCKER, state="closed")])
def test_what_may_be_out_of_date_defers_whatever_it_says(blocker: Blocker | None) -> None:
    """G8: a Blocker that the gate believes closed may have been raised again."""
    unsure = authorize(REQUESTED, "omar", NINE, blocker, PROD, is_current=False)
    assert code(unsure) is ReasonCode.KNOWLEDGE_STALE
    unsure = apply(AUTHORIZED, "anna", NINE, blocker, PROD, busy=False, is_current=False)
    assert code(unsure) is ReasonCode.KNOWLEDGE_STALE


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ended_at", "marked"), [(NINE - SECOND, True), (NINE, False), (NINE + SECOND, False)]
)
def test_an_end_before_the_application_that_is_heard_later_marks_it(
    ended_at: datetime, marked: bool
) -> None:
    """G8: at the very instant is in time, as everywhere."""
    for applied in (APPLIED, replace(APPLIED, state="settled")):
        after = mark_without_blocker(applied, ended_at)
        assert after.without_blocker is marked
        assert after.blocker_ended_at == (ended_at if marked else None)
    assert mark_without_blocker(AUTHORIZED, ended_at) == AUTHORIZED


def test_a_mark_keeps_the_first_end() -> None:
    """G8."""
    marked = mark_without_blocker(APPLIED, NINE - 2 * SECOND)
    assert mark_without_blocker(marked, NINE - SECOND) == marked


@pytest.mark.parametrize(
    ("raised_at", "where", "marked"),
    [
        (NINE - SECOND, "acme-prod", False),
        (NINE, "acme-prod", False),
        (NINE + SECOND, "acme-prod", True),
        (NINE - SECOND, "acme-staging", True),
    ],
)
def test_a_blocker_raised_again_in_time_and_here_withdraws_the_mark(
    raised_at: datetime, where: str, marked: bool
) -> None:
    """G8: what is heard still later corrects what was concluded."""
    without = mark_without_blocker(APPLIED, NINE - 2 * SECOND)
    again = replace(BLOCKER, environment=where)
    assert withdraw_mark(without, again, raised_at).without_blocker is marked


def test_nobody_authorizes_the_own_request() -> None:
    """G3, G8."""
    assert (
        code(authorize(REQUESTED, "anna", NINE, BLOCKER, PROD, is_current=True))
        is ReasonCode.SELF_APPROVAL
    )


def test_it_is_not_applied_before_it_is_authorized() -> None:
    """G8."""
    denied = apply(REQUESTED, "anna", NINE, BLOCKER, PROD, busy=False, is_current=True)
    assert code(denied) is ReasonCode.NOT_AUTHORIZED


def test_a_second_emergency_is_refused_while_the_first_is_owed() -> None:
    """G8."""
    owing = incur_debt(PROD, UUID(int=9), "EMC-9", NINE, DEFAULT_DEBT_DEADLINE)
    assert code(request(REQUESTED, BLOCKER, owing, None)) is ReasonCode.EMERGENCY_DEBT_OPEN
    denied = apply(AUTHORIZED, "anna", NINE, BLOCKER, owing, busy=False, is_current=True)
    assert code(denied) is ReasonCode.EMERGENCY_DEBT_OPEN


def test_one_emergency_at_a_time_is_under_way() -> None:
    assert code(request(REQUESTED, BLOCKER, PROD, AUTHORIZED)) is ReasonCode.CONFLICT


def test_it_does_not_mix_with_a_running_delivery() -> None:
    """G11."""
    assert (
        code(apply(AUTHORIZED, "anna", NINE, BLOCKER, PROD, busy=True, is_current=True))
        is ReasonCode.CONFLICT
    )


def test_it_says_what_is_changed() -> None:
    silent = replace(REQUESTED, description=" ")
    assert code(request(silent, BLOCKER, PROD, None)) is ReasonCode.REASON_REQUIRED


def test_it_is_revoked_only_before_it_is_applied() -> None:
    """G8."""
    for change in (REQUESTED, AUTHORIZED):
        revoked = revoke(change, "The Blocker was lowered.", NINE)
        assert isinstance(revoked, EmergencyChange)
        assert (
            code(apply(revoked, "anna", NINE, BLOCKER, PROD, busy=False, is_current=True))
            is ReasonCode.NOT_REVIEWABLE
        )
    assert code(revoke(APPLIED, "Too late.", NINE)) is ReasonCode.NOT_REVIEWABLE
    assert code(revoke(REQUESTED, "", NINE)) is ReasonCode.REASON_REQUIRED


def test_a_delivered_version_settles_it() -> None:
    settled = settle(APPLIED, UUID(int=7), NINE)
    assert (settled.state, settled.settled_by_delivery) == ("settled", UUID(int=7))
    assert settle(AUTHORIZED, UUID(int=7), NINE) == AUTHORIZED


def test_nothing_is_changed_on_an_ended_environment() -> None:
    """G8: its applied change lapses, any other stays as it is."""
    gone = replace(PROD, retired=True)
    steps = [
        authorize(REQUESTED, "omar", NINE, BLOCKER, gone, is_current=True),
        apply(AUTHORIZED, "anna", NINE, BLOCKER, gone, busy=False, is_current=True),
    ]
    assert {code(one) for one in steps} == {ReasonCode.ENVIRONMENT_ENDED}
    assert lapse(APPLIED, NINE) == replace(APPLIED, state="lapsed", lapsed_at=NINE)
    for other in (REQUESTED, AUTHORIZED, replace(APPLIED, state="settled")):
        assert lapse(other, NINE) == other
