"""`opsdesk wait --until`: a ticket waits for a date."""

import pytest

from opsdesk_support.terminal import Terminal

UNTIL = "2035-01-05T12:00:00Z"


def test_a_ticket_waits_for_a_date(terminal: Terminal) -> None:
    held = {"key": "OPS-7", "state": "on_hold", "waiting_on": "date", "waiting_until": UNTIL}
    terminal.services.responses["POST /v1/tickets/OPS-7/hold"] = held
    output = terminal("wait", "7", "--reason", "Disk", "--until", "2035-01-05T12:00Z")
    assert "OPS-7 waits for Fri 05 Jan 2035" in output
    (_, _, body) = terminal.services.requests[0]
    assert body == {"waiting_on": "date", "reason": "Disk", "until": "2035-01-05T12:00:00+00:00"}
    assert "is not an instant" in terminal.fails("wait", "7", "--reason", "x", "--until", "soon")


@pytest.mark.parametrize(
    "line",
    [
        "phone x --customer acme --opened-at soon",
        "forward 7 --to second_level --seen a --tried b --excluded c --asked d --due-at soon",
        "queue --due-before soon",
    ],
)
def test_a_mistyped_instant_is_an_error_in_one_sentence(terminal: Terminal, line: str) -> None:
    assert "'soon' is not an instant" in terminal.fails(*line.split())
    assert terminal.services.requests == []
