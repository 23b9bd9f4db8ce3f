"""Words that nobody can see are none: they answer no customer, and are no reason (R1, C3)."""

from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake_support.tickets import act, event_types, open_ticket

NOTHING = (
    " ",
    "\n\t\u00a0",
    "\u200b\u200b",
    "\u202e\u2066",
    "\ufeff",
    "\u3164",
    "\u2800",
    "\u00ad",
)


@pytest.mark.parametrize(
    ("step", "field", "more"),
    [
        ("replies", "text", {}),
        ("replies", "text", {"visibility": "internal"}),
        ("resolve", "resolution", {}),
        ("prioritise", "reason", {"priority": "minor"}),
        ("unmerge", "reason", {}),
    ],
)
async def test_what_shows_nothing_is_refused(
    anna: AsyncClient, database: Database, step: str, field: str, more: dict[str, Any]
) -> None:
    key = await open_ticket(anna, priority="major")
    for words in NOTHING:
        refused = await act(anna, key, step, **{field: words}, **more)
        assert refused.status_code == 422, (words, refused.text)
        assert [one["pointer"] for one in refused.json()["errors"]] == [f"/{field}"]
    assert await event_types(database) == ["opened"], "no clock hears of an answer"


async def test_no_ticket_is_opened_whose_title_shows_nothing(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    for words in NOTHING:
        body = {"title": words, "customer": "acme"}
        refused = await anna.post("/v1/tickets", json=body)
        assert [one["pointer"] for one in refused.json()["errors"]] == ["/title"], words


async def test_words_of_any_script_are_words(anna: AsyncClient, jan: AsyncClient) -> None:
    key = await open_ticket(anna)
    for words in ("👍", "它坏了", "לא עובד", "هو معطل", "\u200bja", "१", "·"):
        answer = await act(jan, key, "replies", text=words)
        assert answer.status_code == 201, (words, answer.text)
