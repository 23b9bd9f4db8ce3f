"""The queue: open tickets by the promise that breaks next (R3, R5)."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.events.clocks import (
    ClockCancelled,
    ClockDeadlineChanged,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    Metric,
)
from common.persistence.database import Database
from intake_support.alerts import NINE, rfc3339, scalar
from intake_support.clocks import clock_event, hear
from intake_support.search import index
from intake_support.tickets import act, open_ticket

HOUR = timedelta(hours=1)


async def queue(who: AsyncClient, query: str = "") -> list[dict[str, Any]]:
    answer = await who.get(f"/v1/queue{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def keys(who: AsyncClient, query: str = "") -> list[str]:
    return [one["key"] for one in await queue(who, query)]


async def promise(
    anna: AsyncClient, database: Database, key: str, hours: float, metric: Metric = "resolution"
) -> None:
    due = NINE + hours * HOUR
    await hear(database, (await clock_event(anna, ClockStarted, key, due, metric=metric), 1))


async def test_the_next_promise_that_breaks_is_first_and_is_named(
    anna: AsyncClient, database: Database
) -> None:
    late, soon, none = [await open_ticket(anna) for _ in range(3)]
    await promise(anna, database, late, 8)
    await promise(anna, database, soon, 4)
    await promise(anna, database, late, 9, "update")
    assert await keys(anna) == [soon, late, none]
    await promise(anna, database, late, 1, "first_response")
    first, second, third = await queue(anna)
    assert (first["key"], first["next_promise"]) == (
        late,
        {
            "metric": "first_response",
            "contract": "sla",
            "partner": None,
            "due_at": rfc3339(NINE + HOUR),
            "is_breached": False,
        },
    )
    assert (second["key"], second["next_promise"]["metric"]) == (soon, "resolution")
    assert (third["key"], third["next_promise"]) == (none, None)


async def test_a_ticket_is_in_the_queue_as_soon_as_it_is_accepted(
    anna: AsyncClient, database: Database
) -> None:
    """The loop has not run yet; afterwards it is there once"""
    key = await open_ticket(anna)
    assert await scalar(database, "SELECT count(*) FROM queue_entries") == 0
    assert await keys(anna) == [key]
    await index(database)
    assert await scalar(database, "SELECT count(*) FROM queue_entries") == 1
    assert await keys(anna) == [key]
    assert await scalar(database, "SELECT xid > 0 FROM indexed_openings") is True


async def test_a_clock_that_ends_leaves_and_one_that_goes_on_comes_back(
    anna: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    due = NINE + HOUR
    await promise(anna, database, key, 1)
    met = await clock_event(anna, ClockMet, key, due, stopped_at=NINE, elapsed_seconds=1)
    moved = await clock_event(
        anna, ClockDeadlineChanged, key, due, previous=None, reason="reclassified"
    )
    await hear(database, (met, 2), (moved, 3))
    assert [one["next_promise"] for one in await queue(anna)] == [None]
    await hear(database, (await clock_event(anna, ClockResumed, key, due + HOUR), 4))
    assert [one["next_promise"]["due_at"] for one in await queue(anna)] == [rfc3339(due + HOUR)]
    await hear(database, (await clock_event(anna, ClockPaused, key, None), 5))
    (paused,) = await queue(anna)
    assert (paused["next_promise"]["metric"], paused["next_promise"]["due_at"]) == (
        "resolution",
        None,
    )
    gone = await clock_event(anna, ClockCancelled, key, None, reason="closed")
    await hear(database, (gone, 6))
    assert [one["next_promise"] for one in await queue(anna)] == [None]
    assert await scalar(database, "SELECT count(*) FROM promises") == 0


async def test_an_older_event_changes_nothing(anna: AsyncClient, database: Database) -> None:
    key = await open_ticket(anna)
    await promise(anna, database, key, 1)
    newer = await clock_event(
        anna, ClockDeadlineChanged, key, NINE + 3 * HOUR, previous=None, reason="x"
    )
    await hear(database, (newer, 2))
    await promise(anna, database, key, 1)
    assert [one["next_promise"]["due_at"] for one in await queue(anna)] == [
        rfc3339(NINE + 3 * HOUR)
    ]


async def test_what_is_done_leaves_the_queue_and_comes_back_when_it_is_not(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await promise(anna, database, key, 1)
    await act(anna, key, "resolve", resolution="Restarted")
    assert await keys(anna) == []
    await act(omar, key, "reject", reason="Still down")
    (back,) = await queue(anna)
    assert (back["key"], back["state"]) == (key, "reopened")
    assert back["next_promise"]["metric"] == "resolution"


FILTERS: tuple[tuple[str, set[int]], ...] = (
    ("assignee=omar", {0}),
    ("assigned=false", {1, 2}),
    ("priority=blocker", {1}),
    ("state=on_hold", {2}),
    ("state=in_progress&assignee=omar", {0}),
    ("environment=brightwater-prod", {2}),
    ("customer=acme", {0, 1}),
    ("customer=acme&environment=brightwater-prod", set()),
    ("kind=question", {2}),
    ("team=second_level", {0}),
    ("needs_triage=true", set()),
    (f"due_before={rfc3339(NINE + 2 * HOUR)}", {0}),
    (f"due_from={rfc3339(NINE + 2 * HOUR)}", {1}),
    ("breached=true", set()),
    ("breached=false", {0, 1, 2}),
)


@pytest.mark.parametrize("indexed", [False, True])
async def test_it_is_narrowed_down_before_and_after_the_loop_ran(
    anna: AsyncClient, omar: AsyncClient, database: Database, indexed: bool
) -> None:
    of_acme = await open_ticket(anna, priority="minor")
    blocker = await open_ticket(anna, priority="blocker")
    other = {"customer": "brightwater", "environment": "brightwater-prod", "kind": "question"}
    question = await open_ticket(anna, priority="minor", **other)
    if indexed:
        await index(database)
        await act(anna, of_acme, "assign", to="omar", team="second_level")
        await act(anna, question, "hold", waiting_on="partner", reason="They look")
        await promise(anna, database, of_acme, 1)
        await promise(anna, database, blocker, 3)
        expected = FILTERS
        assert await keys(omar, "?mine=true") == [of_acme]
        assert await keys(anna, "?mine=true") == []
    else:
        expected = tuple(
            one for one in FILTERS if one[0].split("=")[0] in {"priority", "kind", "customer"}
        )
    all_keys = (of_acme, blocker, question)
    for query, numbers in expected:
        assert set(await keys(anna, f"?{query}")) == {all_keys[n] for n in numbers}, query


async def test_a_promise_that_broke_is_shown_as_broken(
    anna: AsyncClient, database: Database
) -> None:
    broken, ahead = await open_ticket(anna), await open_ticket(anna)
    await promise(anna, database, broken, 0)
    await promise(anna, database, ahead, 1)
    assert [one["next_promise"]["is_breached"] for one in await queue(anna)] == [True, False]
    assert await keys(anna, "?breached=true") == [broken]
    assert await keys(anna, "?breached=false") == [ahead]


async def test_pages_go_on_where_they_ended(anna: AsyncClient, database: Database) -> None:
    opened = [await open_ticket(anna) for _ in range(5)]
    for number, key in enumerate(opened[:3]):
        await promise(anna, database, key, 3 - number)
    found: list[str] = []
    cursor = ""
    while True:
        page = (await anna.get(f"/v1/queue?limit=2{cursor}")).json()
        found += [one["key"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == [opened[2], opened[1], opened[0], opened[3], opened[4]]


async def test_it_is_for_staff_and_a_typing_error_is_refused(
    anna: AsyncClient, jan: AsyncClient
) -> None:
    """I5"""
    assert (await jan.get("/v1/queue")).status_code == 403
    for query in (
        "customer=acmee",
        "asignee=anna",
        "due_before=2030-01-07T09:00:00",
        "state=closed",
    ):
        assert (await anna.get(f"/v1/queue?{query}")).status_code == 422, query


async def test_lists_of_tickets_show_the_next_promise_to_staff_alone(
    anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    key = await open_ticket(anna)
    await act(anna, key, "assign", to="omar")
    await promise(anna, database, key, 1)
    (listed,) = (await anna.get("/v1/tickets")).json()["items"]
    assert (listed["assignee_name"], listed["next_promise"]["metric"]) == ("omar", "resolution")
    (shown,) = (await jan.get("/v1/tickets")).json()["items"]
    assert not {"next_promise", "assignee_name", "reporter"} & shown.keys()
