"""A ticket waits for a date, and goes on by itself; no clock pauses for that."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake.timers import TIMERS
from intake_support.alerts import NINE, rfc3339
from intake_support.tickets import OVER, act, event_types, open_ticket
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

MONDAY = NINE + timedelta(days=7)
WAIT = {"waiting_on": "date", "until": rfc3339(MONDAY), "reason": "The disk comes then"}


async def state(who: AsyncClient, key: str) -> tuple[str, str | None, str | None]:
    ticket = (await who.get(f"/v1/tickets/{key}")).json()
    return ticket["state"], ticket["waiting_on"], ticket["waiting_until"]


async def test_it_goes_on_when_the_date_has_come(anna: AsyncClient, database: Database) -> None:
    key = await open_ticket(anna)
    held = await act(anna, key, "hold", **WAIT)
    assert held.status_code == 200, held.text
    assert await state(anna, key) == ("on_hold", "date", rfc3339(MONDAY))
    await freeze_time(database, MONDAY - timedelta(seconds=1))
    await fire_due(database, TIMERS)
    assert (await state(anna, key))[0] == "on_hold"
    await freeze_time(database, MONDAY)
    await fire_due(database, TIMERS)
    assert await state(anna, key) == ("in_progress", None, None)
    assert (await event_types(database))[-2:] == ["on_hold_until", "resumed"]
    *_, waits, resumed = await outbox_events(database)
    assert (waits.body["until"], resumed.body["waited_on"]) == (rfc3339(MONDAY), None)
    words = [one["words"] for one in (await anna.get(f"/v1/tickets/{key}/history")).json()["items"]]
    assert any("to wait for 2030-01-14 09:00 UTC" in one for one in words)


@pytest.mark.parametrize("action", ["resume", "forward", "resolve"])
async def test_who_goes_on_before_is_not_disturbed(
    anna: AsyncClient, database: Database, action: str
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "hold", **WAIT)
    body = {"forward": OVER, "resolve": {"resolution": "The disk came early"}}.get(action, {})
    assert (await act(anna, key, action, **body)).status_code == 200
    before = await state(anna, key)
    assert before[1:] == (None, None)
    await freeze_time(database, MONDAY)
    await fire_due(database, TIMERS)
    assert await state(anna, key) == before


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"until": rfc3339(NINE)}, "/until"),
        ({"until": rfc3339(NINE + timedelta(days=367))}, "/until"),
        ({"until": None}, ""),
        ({"waiting_on": "partner"}, ""),
        ({"until": "2030-01-14T09:00:00"}, "/until"),
    ],
)
async def test_a_date_that_cannot_be_waited_for_is_refused(
    anna: AsyncClient, change: dict[str, str | None], pointer: str
) -> None:
    answer = await act(anna, await open_ticket(anna), "hold", **(WAIT | change))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_customer_s_words_do_not_end_it(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "hold", **WAIT)
    assert (await act(jan, key, "replies", text="Thank you.")).status_code == 201
    assert (await state(anna, key))[0] == "on_hold"
