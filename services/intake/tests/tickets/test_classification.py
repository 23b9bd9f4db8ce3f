"""What a ticket is, corrected by two people only (R1)."""

from datetime import timedelta
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from common.domain import Rejection
from intake.tickets.domain import merging, transitions
from intake.tickets.domain.classification import Classification, confirm, decline, reclassify
from intake.tickets.domain.ticket import OPEN_STATES, Kind, Nature, State, Ticket
from intake_support.new_tickets import NINE, new_ticket

NEW = new_ticket(service="billing")
CHANGE = replace(NEW, kind="change_request", nature="adaptive")
STATES: tuple[State, ...] = get_args(State)
QUESTION = Classification(kind="question")


def code(outcome: Ticket | Rejection) -> str | None:
    return outcome.code if isinstance(outcome, Rejection) else None


def asked(classification: Classification, ticket: Ticket = NEW, by: str = "anna") -> Ticket:
    pending = reclassify(ticket, classification, by, NINE, "nothing is broken")
    assert isinstance(pending, Ticket)
    return pending


def corrected(classification: Classification, ticket: Ticket = NEW) -> Ticket:
    outcome = confirm(asked(classification, ticket), "omar")
    assert isinstance(outcome, Ticket)
    return outcome


def facts(ticket: Ticket) -> tuple[Kind, Nature | None, str | None]:
    return ticket.kind, ticket.nature, ticket.service


CLASSIFICATIONS = st.one_of(
    st.builds(
        Classification,
        st.sampled_from(("incident", "question", "problem", None)),
        st.none(),
        st.sampled_from(("billing", "portal", None)),
    ),
    st.builds(
        Classification,
        st.just("change_request"),
        st.sampled_from(get_args(Nature)),
        st.sampled_from(("portal", None)),
    ),
)

FORTNIGHT = timedelta(days=14)


@given(CLASSIFICATIONS, st.sampled_from((NEW, CHANGE)))
def test_nothing_changes_before_a_second_person_agrees(
    classification: Classification, ticket: Ticket
) -> None:
    """R1: and then exactly what was asked"""
    pending = asked(classification, ticket)
    assert facts(pending) == facts(ticket)
    assert (pending.pending_reclassification is None) == (classification.apply_to(ticket) == ticket)
    if pending.pending_reclassification is not None:
        done = confirm(pending, "omar")
        assert isinstance(done, Ticket)
        assert facts(done) == facts(classification.apply_to(ticket))
        assert (done.reclassified_by, done.reclassified_confirmed_by) == ("anna", "omar")


@given(CLASSIFICATIONS, st.sampled_from((NEW, CHANGE)))
def test_a_change_request_and_nothing_else_has_a_nature(
    classification: Classification, ticket: Ticket
) -> None:
    after = classification.apply_to(ticket)
    assert (after.nature is not None) == (after.kind == "change_request")


def test_the_second_person_is_another_one() -> None:
    """R1"""
    assert code(confirm(asked(QUESTION, by="anna"), "anna")) == "FOUR_EYES"


def test_asking_again_by_another_does_not_confirm() -> None:
    """R1: two requests are not a request and its confirmation"""
    again = asked(QUESTION, asked(QUESTION, by="anna"), by="omar")
    assert again.kind == "incident"
    assert again.pending_reclassification
    assert again.pending_reclassification.requested_by == "omar"


def test_what_is_left_out_stays() -> None:
    assert facts(corrected(QUESTION)) == ("question", None, "billing")
    assert facts(corrected(Classification(service="portal"), CHANGE)) == (
        "change_request",
        "adaptive",
        "portal",
    )


def test_asking_for_what_stands_withdraws_what_was_asked() -> None:
    back = asked(Classification(kind="incident", service="billing"), asked(QUESTION))
    assert back == NEW


def test_anybody_may_leave_the_ticket_as_it_is() -> None:
    unchanged = decline(asked(QUESTION))
    assert unchanged == NEW
    assert code(confirm(NEW, "omar")) == code(decline(NEW)) == "NOTHING_PENDING"


@pytest.mark.parametrize("state", STATES)
def test_what_is_closed_or_merged_stays_what_it_is(state: State) -> None:
    ticket = replace(NEW, state=state)
    allowed = state in OPEN_STATES | {"resolved", "verified"}
    assert code(reclassify(ticket, QUESTION, "anna", NINE, "why")) == (
        None if allowed else "WRONG_STATE"
    )
    pending = replace(asked(QUESTION), state=state)
    assert code(confirm(pending, "omar")) == (None if allowed else "WRONG_STATE")


def test_what_was_asked_ends_with_the_ticket() -> None:
    closed = transitions.close(replace(asked(QUESTION), state="verified"), NINE, FORTNIGHT)
    merged = merging.merge(asked(QUESTION), replace(NEW, id=UUID(int=2)))
    for ticket in (closed, merged):
        assert isinstance(ticket, Ticket)
        assert ticket.pending_reclassification is None
