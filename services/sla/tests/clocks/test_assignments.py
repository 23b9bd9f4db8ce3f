"""Which assignment is an answer of second level: somebody took the ticket (R13)."""

import pytest

from common.events.tickets import TicketAssigned
from sla.clocks.handlers.ticket_inputs import input_of_assignment
from sla_support.company import NINE, ticket_event


@pytest.mark.parametrize(
    ("assignee", "state", "answer"),
    [
        ("sven", "forwarded", "answered"),
        (None, "forwarded", None),
        ("sven", "in_progress", None),
    ],
)
def test_given_to_a_team_it_waits_for_somebody_to_take_it(
    assignee: str | None, state: str, answer: str | None
) -> None:
    assigned = ticket_event(TicketAssigned, 1, NINE, state=state, assignee=assignee, team="network")
    assert input_of_assignment(assigned, "ola") == answer
    assert input_of_assignment(assigned, "sla") is None
