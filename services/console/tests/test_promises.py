"""How a promise stands is said by sla's word and by the moment of the page."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.promises import SOON, mark, promise_mark

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def due(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize(
    ("following", "expected"),
    [
        ({}, "none"),
        ({"due_at": None, "is_breached": False}, "paused"),
        ({"due_at": None, "is_breached": True}, "broken"),
        ({"due_at": due(10), "is_breached": True}, "broken"),
        ({"due_at": due(10), "is_breached": False}, "soon"),
        ({"due_at": due(600), "is_breached": False}, "fine"),
        ({"due_at": due(-1), "is_breached": False}, "broken"),
    ],
)
def test_a_promise(following: dict[str, object], expected: str) -> None:
    assert promise_mark(following, NOON) == expected


@given(st.timedeltas(-timedelta(days=400), timedelta(days=400)))
def test_time_only_makes_it_worse(left: timedelta) -> None:
    order = ["fine", "soon", "broken"]
    instant = (NOON + left).isoformat()
    later = mark(instant, NOON + SOON)
    assert order.index(mark(instant, NOON)) <= order.index(later)
