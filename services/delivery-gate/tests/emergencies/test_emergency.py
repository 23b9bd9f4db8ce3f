from dataclasses import replace
from datetime import UTC, datetime
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
    request,
    revoke,
    settle,
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
    assert authorize(REQUESTED, "omar", NINE, BLOCKER) == AUTHORIZED
    assert apply(AUTHORIZED, "anna", NINE, BLOCKER, PROD, busy=False) == APPLIED


@pytest.mark.parametrize(("blocker", "expected"), MISSING)
def test_without_an_open_blocker_here_it_is_denied_at_every_step(
    blocker: Blocker | None, expected: ReasonCode
) -> None:
    """G8."""
    assert code(check_blocker(blocker, "acme-prod")) is expected
    assert code(request(REQUESTED, blocker, PROD, None)) is expected
    assert code(authorize(REQUESTED, "omar", NINE, blocker)) is expected
    assert code(apply(AUTHORIZED, "anna", NINE, blocker, PROD, busy=False)) is expected


def test_nobody_authorizes_the_own_request() -> None:
    """G3, G8."""
    assert code(authorize(REQUESTED, "anna", NINE, BLOCKER)) is ReasonCode.SELF_APPROVAL


def test_it_is_not_applied_before_it_is_authorized() -> None:
    """G8."""
    denied = apply(REQUESTED, "anna", NINE, BLOCKER, PROD, busy=False)
    assert code(denied) is ReasonCode.NOT_AUTHORIZED


def test_a_second_emergency_is_refused_while_the_first_is_owed() -> None:
    """G8."""
    owing = incur_debt(PROD, UUID(int=9), "EMC-9", NINE, DEFAULT_DEBT_DEADLINE)
    assert code(request(REQUESTED, BLOCKER, owing, None)) is ReasonCode.EMERGENCY_DEBT_OPEN
    denied = apply(AUTHORIZED, "anna", NINE, BLOCKER, owing, busy=False)
    assert code(denied) is ReasonCode.EMERGENCY_DEBT_OPEN


def test_one_emergency_at_a_time_is_under_way() -> None:
    assert code(request(REQUESTED, BLOCKER, PROD, AUTHORIZED)) is ReasonCode.CONFLICT


def test_it_does_not_mix_with_a_running_delivery() -> None:
    """G11."""
    assert code(apply(AUTHORIZED, "anna", NINE, BLOCKER, PROD, busy=True)) is ReasonCode.CONFLICT


def test_it_says_what_is_changed() -> None:
    silent = replace(REQUESTED, description=" ")
    assert code(request(silent, BLOCKER, PROD, None)) is ReasonCode.REASON_REQUIRED


def test_it_is_revoked_only_before_it_is_applied() -> None:
    """G8."""
    for change in (REQUESTED, AUTHORIZED):
        revoked = revoke(change, "The Blocker was lowered.", NINE)
        assert isinstance(revoked, EmergencyChange)
        assert (
            code(apply(revoked, "anna", NINE, BLOCKER, PROD, busy=False))
            is ReasonCode.NOT_REVIEWABLE
        )
    assert code(revoke(APPLIED, "Too late.", NINE)) is ReasonCode.NOT_REVIEWABLE
    assert code(revoke(REQUESTED, "", NINE)) is ReasonCode.REASON_REQUIRED


def test_a_delivered_version_settles_it() -> None:
    settled = settle(APPLIED, UUID(int=7), NINE)
    assert (settled.state, settled.settled_by_delivery) == ("settled", UUID(int=7))
    assert settle(AUTHORIZED, UUID(int=7), NINE) == AUTHORIZED
