"""The core knows no event models: what both name has to be named alike."""

from typing import get_args

from common.events import tickets as events
from intake.tickets.domain import ticket


def test_kinds_are_those_of_the_events() -> None:
    assert get_args(events.Kind) == get_args(ticket.Kind)
