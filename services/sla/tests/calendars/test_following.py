"""A6: a calendar's new version reaches the agreements that follow it, and their clocks."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import assert_consistent, resolution_clock, violation_pointers
from sla_support.calendar_versions import take_effect
from sla_support.company import AMSTERDAM, HOUR, NINE, promise, ticket_opened

DAY = timedelta(days=1)
TUESDAY_OFF = AMSTERDAM | {"key": "office", "holidays": ["2026-06-02"]}
"""NINE is on Monday, the first of June, at 09:00."""


async def propose(theo: AsyncClient, **more: Any) -> Response:
    return await theo.post("/v1/calendars", json=TUESDAY_OFF | more)


async def deadline(database: Database, number: int = 1) -> datetime:
    found = (await resolution_clock(database, number)).clock.deadline
    assert found is not None
    return found


async def test_open_clocks_and_new_ones_count_by_it_from_then_on(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """Eight hours from Monday 09:00 end on Monday 17:00; from 13:00 on Monday they end a holiday later"""
    await promise(database)
    await freeze_time(database, NINE + 4 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE + 4 * HOUR), 1))
    assert await deadline(database) == NINE + DAY + 3 * HOUR
    calendar = await take_effect(database, gina, await propose(theo))
    assert calendar["state"] == "in_effect"
    assert await deadline(database) == NINE + 2 * DAY + 3 * HOUR
    await freeze_time(database, NINE + 5 * HOUR)
    await deliver(database, HANDLERS, (ticket_opened(2, NINE + 5 * HOUR), 1))
    assert await deadline(database, 2) == NINE + 2 * DAY + 4 * HOUR
    await freeze_time(database, NINE + 3 * DAY)
    await fire_due(database, TIMERS)
    await assert_consistent(database)
    explained = (await theo.get("/v1/tickets/OPS-1/clocks")).json()
    assert explained["items"], explained
    changed = [
        (one.body["calendar"], one.body["calendar_version"])
        for one in await outbox_events(database)
        if one.type == "opsdesk.agreement.calendar_changed.v1"
    ]
    assert changed == [("office", 2)]


async def test_the_explanation_names_the_version_of_each_interval(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1), 1))
    await freeze_time(database, NINE + 4 * HOUR)
    await take_effect(database, gina, await propose(theo))
    clock = (await resolution_clock(database)).clock
    first, *_ = clock.stretches
    assert first.calendar != clock.terms.calendar
    assert (first.start, first.end) == (NINE, NINE + 4 * HOUR)
    explanation = await theo.get(f"/v1/clocks/{(await resolution_clock(database)).id}/explanation")
    assert "a new version of the calendar" in explanation.text


async def test_it_holds_from_the_instant_that_was_said(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE + 4 * HOUR), 1))
    later = NINE + 6 * HOUR
    await take_effect(database, gina, await propose(theo, effective_from=later.isoformat()))
    assert await deadline(database) == NINE + DAY + 3 * HOUR
    assert (await theo.get("/v1/calendars/office")).json()["version"] == 1
    await freeze_time(database, later)
    await fire_due(database, TIMERS)
    assert await deadline(database) == NINE + 2 * DAY + 3 * HOUR
    assert (await theo.get("/v1/calendars/office")).json()["version"] == 2
    past = await propose(theo, effective_from=NINE.isoformat())
    assert violation_pointers(past) == ["/effective_from"]


async def test_a_pinned_agreement_stays_and_is_a_gap(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database, pinned=True)
    await deliver(database, HANDLERS, (ticket_opened(1, NINE + 4 * HOUR), 1))
    await take_effect(database, gina, await propose(theo))
    assert await deadline(database) == NINE + DAY + 3 * HOUR
    (gap,) = (await theo.get("/v1/gaps?code=CALENDAR_OUTDATED")).json()["items"]
    assert (gap["customer"], gap["agreement"]) == ("acme", "acme-standard")
    assert "pinned to version 1 of office, and version 2 is in effect" in gap["detail"]


async def test_one_person_alone_closes_no_day(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """R1: a second one publishes it, sees that it waits, or it is withdrawn"""
    await promise(database)
    proposed = await propose(theo)
    address = proposed.headers["Location"]
    own = await theo.post(f"{address}/publish")
    assert (own.status_code, own.json()["code"]) == (403, "SELF_APPROVAL")
    assert (await theo.get("/v1/waiting-for-me?kind=publish_calendar")).json()["items"] == []
    (waits,) = (await gina.get("/v1/waiting-for-me?kind=publish_calendar")).json()["items"]
    assert (waits["key"], waits["title"]) == ("office", "office, version 2")
    assert (await theo.post(f"{address}/withdraw")).json()["state"] == "withdrawn"
    late = await gina.post(f"{address}/publish")
    assert (late.status_code, late.json()["code"]) == (409, "WRONG_STATE")
    assert (await theo.get("/v1/calendars/office")).json()["version"] == 1


async def test_of_two_proposals_the_earlier_one_cannot_undo_the_later(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await promise(database)
    first, second = await propose(theo), await propose(theo, holidays=["2026-06-03"])
    await take_effect(database, gina, second)
    late = await gina.post(f"{first.headers['Location']}/publish")
    assert (late.status_code, late.json()["code"]) == (409, "OVERTAKEN")


async def test_the_availability_of_the_days_before_stays(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    """A5: fewer hours from Wednesday on change nothing of Monday and Tuesday"""
    await promise(database, availability=0.99, timezone="Europe/Amsterdam")
    await freeze_time(database, NINE + 2 * DAY)
    mornings = {day: [["08:00", "12:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    proposed = await theo.post(
        "/v1/calendars", json=AMSTERDAM | {"key": "office", "weekly": mornings}
    )
    await take_effect(database, gina, proposed)
    await freeze_time(database, NINE + 4 * DAY)
    figures = (await theo.get("/v1/availability?customer=acme&month=2026-06")).json()
    # Monday, Tuesday and one hour of Wednesday by the old hours, the rest by the new ones.
    assert figures["agreed_seconds"] == (9 + 9 + 4 + 4 + 1) * 3600


@pytest.mark.parametrize(
    ("signs", "pinned", "expected"),
    [(True, None, True), (False, None, False), (True, False, False)],
)
async def test_where_the_customer_signs_it_is_pinned_unless_it_is_said_otherwise(
    database: Database,
    app: FastAPI,
    theo: AsyncClient,
    signs: bool,
    pinned: bool | None,
    expected: bool,
) -> None:
    await promise(database)
    target = {"metric": "resolution", "priority": "major", "target_seconds": 3600}
    body = {
        "key": "acme-gold",
        "customer": "acme",
        "calendar": "office",
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
        "customer_signs": signs,
    }
    made = await theo.post(
        "/v1/agreements", json=body | ({} if pinned is None else {"pinned": pinned})
    )
    assert made.json()["pinned"] is expected, made.text
