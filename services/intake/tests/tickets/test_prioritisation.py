"""Priorities: from the matrix (R5), lowered by two people only (R1), and what blocks."""

from itertools import pairwise, product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain.blocker import blocker_changes
from intake.tickets.domain.prioritisation import (
    PriorityAssessment,
    assess,
    confirm,
    decline,
    prioritise,
)
from intake.tickets.domain.priority import (
    DEFAULT_MATRIX,
    PRIORITIES,
    Impact,
    Priority,
    is_lower,
)
from intake.tickets.domain.ticket import Ticket
from intake_support.new_tickets import NINE, new_ticket

NEW = new_ticket()
LEVELS: tuple[Impact, ...] = ("high", "medium", "low")
PRIORITY = st.sampled_from(PRIORITIES)
PROD = UUID(int=42)
BLOCKER = replace(NEW, priority="blocker", environment_id=PROD)


def code(outcome: Ticket | Rejection) -> str | None:
    return outcome.code if isinstance(outcome, Rejection) else None


def asked(priority: Priority, by: str = "anna") -> Ticket:
    ticket = prioritise(BLOCKER, PriorityAssessment(priority), by, NINE, "only one user")
    assert isinstance(ticket, Ticket)
    return ticket


def test_the_matrix_answers_every_pair_and_uses_every_priority() -> None:
    """R5"""
    assert set(DEFAULT_MATRIX) == set(product(LEVELS, LEVELS))
    assert set(DEFAULT_MATRIX.values()) == set(PRIORITIES)


def test_less_impact_or_urgency_never_raises_the_priority() -> None:
    for (worse, better), other in product(pairwise(LEVELS), LEVELS):
        assert not is_lower(DEFAULT_MATRIX[worse, other], DEFAULT_MATRIX[better, other])
        assert not is_lower(DEFAULT_MATRIX[other, worse], DEFAULT_MATRIX[other, better])


@given(PRIORITY, PRIORITY)
def test_raising_takes_one_person_and_lowering_two(old: Priority, new: Priority) -> None:
    """R1"""
    ticket = prioritise(replace(NEW, priority=old), PriorityAssessment(new), "anna", NINE, "why")
    assert isinstance(ticket, Ticket)
    assert ticket.priority == (old if is_lower(new, old) else new)
    assert (ticket.pending_downgrade is not None) == is_lower(new, old)


def test_the_second_person_is_another_one() -> None:
    """R1"""
    assert code(confirm(asked("minor", by="anna"), "anna")) == "FOUR_EYES"
    lowered = confirm(asked("minor", by="anna"), "omar")
    assert isinstance(lowered, Ticket)
    assert (lowered.priority, lowered.priority_by, lowered.priority_confirmed_by) == (
        "minor",
        "anna",
        "omar",
    )


def test_asking_again_by_another_does_not_confirm() -> None:
    """R1: two requests are not a request and its confirmation."""
    again = prioritise(asked("minor", "anna"), PriorityAssessment("minor"), "omar", NINE, "me too")
    assert isinstance(again, Ticket)
    assert again.priority == "blocker"
    assert again.pending_downgrade
    assert again.pending_downgrade.requested_by == "omar"


def test_anybody_may_keep_the_higher_priority() -> None:
    ticket = decline(asked("minor", "anna"))
    assert isinstance(ticket, Ticket)
    assert (ticket.priority, ticket.pending_downgrade) == ("blocker", None)
    assert code(confirm(ticket, "omar")) == "NOTHING_PENDING"


def test_a_resolved_ticket_is_not_judged_again() -> None:
    outcome = prioritise(
        replace(NEW, state="resolved"), assess(DEFAULT_MATRIX, "high", "high"), "a", NINE, "b"
    )
    assert isinstance(outcome, Rejection)


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        (None, BLOCKER, ["raised"]),
        (NEW, BLOCKER, ["raised"]),
        (BLOCKER, BLOCKER, []),
        (BLOCKER, replace(BLOCKER, priority="critical"), ["lifted"]),
        (BLOCKER, replace(BLOCKER, state="resolved"), ["lifted"]),
        (BLOCKER, replace(BLOCKER, state="merged"), ["lifted"]),
        (BLOCKER, replace(BLOCKER, state="on_hold"), []),
        (replace(BLOCKER, state="resolved"), replace(BLOCKER, state="reopened"), ["raised"]),
        (BLOCKER, replace(BLOCKER, environment_id=UUID(int=43)), ["lifted", "raised"]),
        (None, replace(BLOCKER, environment_id=None), []),
    ],
)
def test_a_blocker_is_raised_and_lifted(
    before: Ticket | None, after: Ticket, changes: list[str]
) -> None:
    """G8"""
    assert [change for change, _ in blocker_changes(before, after)] == changes
