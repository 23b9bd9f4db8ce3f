"""The life of a ticket: which moves are allowed, and that two people are two (R1)."""

from collections.abc import Callable
from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain import merging, transitions
from intake.tickets.domain.ticket import (
    ALLOWED_FROM,
    OPEN_STATES,
    Action,
    State,
    Ticket,
    check_transition,
)
from intake_support.new_tickets import NINE, new_ticket

NEW = new_ticket(customer_id=UUID(int=7))

FORTNIGHT = timedelta(days=14)
PEOPLE = st.sampled_from(["anna", "omar", "gina"])


def resolved(by: str = "anna") -> Ticket:
    ticket = transitions.resolve(NEW, by, NINE, "restarted")
    assert isinstance(ticket, Ticket)
    return ticket


def verified(by: str = "omar") -> Ticket:
    ticket = transitions.verify(resolved(), by, NINE)
    assert isinstance(ticket, Ticket)
    return ticket


def code(outcome: Ticket | Rejection) -> str | None:
    return outcome.code if isinstance(outcome, Rejection) else None


def test_a_ticket_is_resolved_by_one_and_verified_by_another() -> None:
    """R1"""
    assert code(transitions.verify(resolved("anna"), "anna", NINE)) == "FOUR_EYES"
    assert verified("omar").state == "verified"


def test_whoever_resolved_it_does_not_reject_it_either() -> None:
    """R1"""
    assert code(transitions.reject(resolved("anna"), "anna")) == "FOUR_EYES"


def test_it_closes_only_after_verification() -> None:
    """R1"""
    assert code(transitions.close(resolved(), NINE, FORTNIGHT)) == "WRONG_STATE"
    closed = transitions.close(verified(), NINE, FORTNIGHT)
    assert isinstance(closed, Ticket)
    assert (closed.state, closed.closed_at) == ("closed", NINE)


def test_a_reopened_ticket_forgets_who_resolved_it() -> None:
    again = transitions.reopen(verified(), NINE)
    assert isinstance(again, Ticket)
    assert again.reopened_at == NINE
    assert (again.state, again.resolved_by, again.verified_by) == (
        "reopened",
        None,
        None,
    )


TRIED: dict[str, Callable[[Ticket, str], Ticket | Rejection]] = {
    "resolve": lambda ticket, by: transitions.resolve(ticket, by, NINE, "done"),
    "verify": lambda ticket, by: transitions.verify(ticket, by, NINE),
    "reject": transitions.reject,
    "close": lambda ticket, by: transitions.close(ticket, NINE, FORTNIGHT),
    "reopen": lambda ticket, by: transitions.reopen(ticket, NINE),
}


@given(st.lists(st.tuples(st.sampled_from(sorted(TRIED)), PEOPLE)))
def test_no_path_lets_one_person_do_both(steps: list[tuple[str, str]]) -> None:
    """R1: whatever is tried in whatever order."""
    ticket = NEW
    for action, by in steps:
        outcome = TRIED[action](ticket, by)
        ticket = outcome if isinstance(outcome, Ticket) else ticket
        if ticket.state in {"verified", "closed"}:
            assert ticket.resolved_by
            assert ticket.verified_by not in {None, ticket.resolved_by}


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("state", get_args(State))
def test_a_state_that_does_not_allow_an_action_says_which_ones_do(
    action: Action, state: State
) -> None:
    refusal = check_transition(replace(NEW, state=state), action)
    assert (refusal is None) == (state in ALLOWED_FROM[action])
    assert refusal is None or all(allowed in refusal.detail for allowed in ALLOWED_FROM[action])


def test_only_two_people_lead_out_of_merged() -> None:
    """C10"""
    leaving = {action for action, states in ALLOWED_FROM.items() if "merged" in states}
    assert leaving == {"unmerge"}


def test_waiting_on_the_customer_needs_a_question_they_can_see() -> None:
    """R1: a pause that only we know of could hide a breach."""
    assert code(transitions.put_on_hold(NEW, "customer", question_asked=False)) == "NOTHING_ASKED"
    assert code(transitions.put_on_hold(NEW, "customer", question_asked=True)) is None
    assert code(transitions.put_on_hold(NEW, "partner", question_asked=False)) is None


def test_resuming_returns_to_whoever_had_it() -> None:
    forwarded = transitions.forward(NEW, "partner", "hosthaven")
    assert isinstance(forwarded, Ticket)
    waiting = transitions.put_on_hold(forwarded, "customer", question_asked=True)
    assert isinstance(waiting, Ticket)
    back = transitions.resume(waiting)
    assert isinstance(back, Ticket)
    assert (back.state, back.partner, back.waiting_on) == (
        "forwarded",
        "hosthaven",
        None,
    )


def test_a_partner_is_named_when_and_only_when_it_goes_to_one() -> None:
    """R5"""
    assert code(transitions.forward(NEW, "partner")) == "PARTNER_UNCLEAR"
    assert code(transitions.forward(NEW, "second_level", "hosthaven")) == "PARTNER_UNCLEAR"


def test_merging_stays_within_one_customer_and_ends_in_an_open_ticket() -> None:
    other = replace(NEW, id=UUID(int=2), key="OPS-2")
    merged = merging.merge(NEW, other)
    assert isinstance(merged, Ticket)
    assert (merged.state, merged.merged_into) == ("merged", other.id)
    assert code(merging.merge(NEW, NEW)) == "MERGE_INTO_ITSELF"
    assert code(merging.merge(NEW, replace(other, state="closed"))) == "WRONG_STATE"
    assert code(merging.merge(NEW, replace(other, customer_id=None))) == "ANOTHER_CUSTOMER"
    assert code(merging.merge(NEW, replace(other, service="portal"))) == "NOT_THE_SAME"
    assert code(merging.merge(NEW, replace(other, kind="question"))) == "NOT_THE_SAME"
    assert code(merging.merge(NEW, replace(other, environment="acme-dr"))) == "NOT_THE_SAME"
    assert code(merging.merge(NEW, replace(other, priority="trivial"))) == "LOWER_PRIORITY"
    worse = replace(other, priority="blocker")
    assert isinstance(merging.merge(NEW, worse), Ticket), "a stricter promise hides nothing"


def test_merging_hides_nobody_who_found_it_first() -> None:
    """R9: one person alone frees nobody of better monitoring."""
    at = NEW.opened_at
    found = replace(
        NEW, detected_by="customer", environment_id=UUID(int=9), environment="acme-prod"
    )
    alert = replace(found, id=UUID(int=2), key="OPS-2", detected_by="monitoring")
    later = replace(alert, opened_at=at + timedelta(seconds=1))
    assert code(merging.merge(found, later)) == "FOUND_BY_CUSTOMER"
    assert code(merging.merge(found, replace(later, detected_by="customer"))) is None
    assert code(merging.merge(found, replace(alert, opened_at=at - timedelta(seconds=1)))) is None
    assert (
        code(merging.merge(replace(found, kind="question"), replace(later, kind="question")))
        is None
    )


def test_what_is_open_can_be_worked_on() -> None:
    assert all(
        check_transition(replace(NEW, state=state), "resolve") is None for state in OPEN_STATES
    )
