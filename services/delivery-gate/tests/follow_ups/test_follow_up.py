from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode, build_verdict
from delivery_gate.follow_ups.domain import (
    FollowUp,
    HeldVersion,
    close,
    confirm,
    follow_up_work,
    hold_violations,
    holds,
    reject,
)
from delivery_gate.versions.domain import Reference

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
DIGEST = "sha256:" + "1" * 64
BILLING = Reference("billing", "1.4.0")
OPEN = FollowUp(
    UUID(int=1),
    "FUP-1",
    "retest",
    "Run the regression tests again.",
    UUID(int=2),
    "acme-prod",
    HeldVersion("billing", "1.4.0", DIGEST),
    NINE,
)
CLOSED = replace(OPEN, state="closed", evidence="run 7", closed_by="anna", closed_at=NINE)


def code(answer: FollowUp | Rejection) -> ReasonCode | None:
    return ReasonCode(answer.code) if isinstance(answer, Rejection) else None


def test_one_person_closes_with_evidence_and_another_confirms() -> None:
    """G5."""
    closed = close(OPEN, "anna", "run 7", NINE)
    assert closed == CLOSED
    confirmed = confirm(CLOSED, "omar", NINE)
    assert isinstance(confirmed, FollowUp)
    assert (confirmed.state, confirmed.confirmed_by) == ("confirmed", "omar")


def test_nobody_confirms_the_own_work() -> None:
    """G5, R1."""
    assert code(confirm(CLOSED, "anna", NINE)) is ReasonCode.SELF_CONFIRMATION
    assert code(reject(CLOSED, "anna")) is ReasonCode.SELF_CONFIRMATION


def test_evidence_is_required() -> None:
    """G5."""
    assert code(close(OPEN, "anna", " \n", NINE)) is ReasonCode.EVIDENCE_REQUIRED
    assert code(confirm(OPEN, "omar", NINE)) is ReasonCode.EVIDENCE_REQUIRED


def test_evidence_found_wanting_opens_the_work_again() -> None:
    assert reject(CLOSED, "omar") == OPEN


def test_what_is_done_cannot_be_done_again() -> None:
    confirmed = replace(CLOSED, state="confirmed", confirmed_by="omar", confirmed_at=NINE)
    assert code(close(CLOSED, "mia", "other", NINE)) is ReasonCode.NOT_REVIEWABLE
    assert code(confirm(confirmed, "mia", NINE)) is ReasonCode.NOT_REVIEWABLE
    assert code(reject(OPEN, "mia")) is ReasonCode.NOT_REVIEWABLE


def test_only_a_confirmed_follow_up_lets_the_version_go() -> None:
    """G5: evidence alone does not."""
    confirmed = replace(CLOSED, state="confirmed", confirmed_by="omar", confirmed_at=NINE)
    assert holds(OPEN, BILLING, None)
    assert holds(CLOSED, BILLING, None)
    assert not holds(confirmed, BILLING, DIGEST)


def test_other_versions_and_other_products_are_not_held() -> None:
    assert not holds(OPEN, Reference("billing", "1.4.1"), "sha256:" + "2" * 64)
    assert not holds(OPEN, Reference("portal", "1.4.0"), DIGEST)


def test_what_has_no_name_holds_nothing() -> None:
    unversioned = replace(OPEN, held=HeldVersion("billing", None, None))
    assert not holds(unversioned, Reference("billing", None), None)


MISSING = Reason(ReasonCode.READINESS_MISSING, "documentation", "Nothing shows it.")


def test_a_held_version_is_turned_away_without_more_work() -> None:
    """G5: the open work comes first; a person may still name more."""
    asked = build_verdict([MISSING], 1, NINE)
    assert follow_up_work(asked, {}) == {"documentation": "documentation: Nothing shows it."}
    held = build_verdict([MISSING, *hold_violations((OPEN,), BILLING, None)], 1, NINE)
    assert follow_up_work(held, {}) == {}
    assert follow_up_work(held, {"retest": "Again."}) == {"retest": "Again."}


def test_a_failed_verification_is_investigated_even_while_the_version_is_held() -> None:
    """G9: it may have been refused elsewhere while it was running here."""
    failed = Reason(ReasonCode.VERIFICATION_FAILED, "verification", "It does not answer.")
    work = follow_up_work(build_verdict([failed], 1, NINE), {})
    assert work == {"investigation": "verification: It does not answer."}
