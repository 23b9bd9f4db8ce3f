"""Very many alerts at once become a few tickets, and none is lost."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import Engine, event

from common.persistence.database import Connection, Database
from intake.alerts import commands
from intake.alerts.alert_scopes import scope_alerts
from intake.alerts.domain.known import STORM_GROUPS
from intake.timers import TIMERS
from intake_support.alerts import (
    ACME,
    ALERTMANAGER,
    BRIGHTWATER,
    NINE,
    alert,
    all_tickets,
    post,
    post_of,
    scalar,
)
from opsdesk_testing.protocol import fire_due, freeze_time

pytestmark = pytest.mark.thorough

MAX_TICKETS = 20
MAX_STATEMENTS = 200
SCOPES = (ACME, BRIGHTWATER, ACME | {"environment": "acme-staging"}, {"customer": "nobody"})


def alerts_of(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        alert(f"f{n}", labels=SCOPES[n % 4] | {"alertname": f"A{n}", "severity": "critical"})
        for n in range(first, first + count)
    ]


async def test_ten_thousand_alerts_of_one_group_are_a_ticket_for_each_environment(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """In sets, never an alert at a time; how long it takes is measured in the benchmarks."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(Engine, "before_cursor_execute", count)
    answer = await monitor.post(ALERTMANAGER, json=post_of(*alerts_of(10_000)))
    event.remove(Engine, "before_cursor_execute", count)
    assert answer.status_code == 200, answer.text[:500]
    assert 0 < statements < MAX_STATEMENTS
    assert len(answer.json()["alerts"]) == 10_000
    assert len(await all_tickets(anna)) == 4
    assert (
        await scalar(database, "SELECT count(*) FROM alerts WHERE ticket_id IS NOT NULL") == 10_000
    )
    again = await monitor.post(ALERTMANAGER, json=post_of(*alerts_of(10_000)))
    assert {one["effect"] for one in again.json()["alerts"]} == {"duplicate"}
    assert await scalar(database, "SELECT count(*) FROM alerts WHERE times = 2") == 10_000


async def test_many_groups_at_once_share_a_ticket_for_each_environment(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """As with `group_by: ['...']`: each alert is a group of its own."""
    for one in alerts_of(60):
        await post(monitor, one, groupKey=one["fingerprint"])
    tickets = await all_tickets(anna)
    assert len(tickets) == STORM_GROUPS + 4
    storms = [one for one in tickets if one["title"].startswith("Alert storm on ")]
    assert sorted(str(one["environment"]) for one in storms) == [
        "None",
        "acme-prod",
        "acme-staging",
        "brightwater-prod",
    ]
    assert await scalar(database, "SELECT count(*) FROM alerts WHERE ticket_id IS NULL") == 0
    ended = [one | {"status": "resolved"} for one in alerts_of(60)]
    for one in ended:
        await post(monitor, one, groupKey=one["fingerprint"])
    assert await scalar(database, "SELECT count(*) FROM alerts WHERE ended_at IS NULL") == 0


async def test_posts_that_come_together_are_processed_together(
    monitor: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """A thousand posts at once, one of them a worse alert, one unreadable, one without alerts."""
    bodies = [post_of(one, groupKey=one["fingerprint"]) for one in alerts_of(1_000)]
    odd = [{"alerts": []}, {"what": "else"}]
    answers = await asyncio.gather(
        *(monitor.post(ALERTMANAGER, json=body) for body in [*bodies, *odd])
    )
    assert [one.status_code for one in answers] == [200] * 1_000 + [422, 200]
    assert {one.json()["alerts"][0]["effect"] for one in answers[:1_000]} == {"raised"}
    assert len(await all_tickets(anna)) <= MAX_TICKETS
    assert (
        await scalar(database, "SELECT count(*) FROM alerts WHERE ticket_id IS NOT NULL") == 1_001
    )
    outcomes = "SELECT string_agg(DISTINCT outcome, ' ' ORDER BY outcome) FROM alert_posts"
    assert await scalar(database, outcomes) == "read unreadable"


async def test_a_post_that_cannot_be_processed_now_is_processed_later(
    monitor: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is stored and answered 200: no monitor has to send it again."""
    real = scope_alerts

    async def failing(tx: Connection, batches: Any, known: Any) -> Any:
        if "bad" in str(batches):
            raise RuntimeError("a fault in a rule")
        return await real(tx, batches, known)

    monkeypatch.setattr(commands, "scope_alerts", failing)
    answers = await asyncio.gather(
        *(post(monitor, alert(key), groupKey=key) for key in ("good", "bad", "fine"))
    )
    assert [one.json()["outcome"] for one in answers] == ["read", "received", "read"]
    monkeypatch.undo()
    await freeze_time(database, NINE + timedelta(seconds=30))
    await fire_due(database, TIMERS)
    assert await scalar(database, "SELECT count(*) FROM alerts") == 3
    assert await scalar(database, "SELECT count(*) FROM alert_posts WHERE outcome = 'read'") == 3


async def test_a_worse_alert_raises_the_ticket_of_its_storm(
    monitor: AsyncClient, anna: AsyncClient
) -> None:
    for n in range(STORM_GROUPS + 2):
        await post(monitor, alert(f"f{n}", labels=ACME | {"severity": "info"}), groupKey=str(n))
    worse = alert("worse", labels=ACME | {"severity": "fatal"})
    key = (await post(monitor, worse, groupKey="worse")).json()["alerts"][0]["ticket"]
    (storm,) = (one for one in await all_tickets(anna) if one["key"] == key)
    assert (storm["priority"], storm["title"][:11]) == ("blocker", "Alert storm")
    listed = (await anna.get("/v1/alerts", params={"ticket": key})).json()["items"]
    assert len(listed) == 3


async def test_a_few_groups_are_no_storm(monitor: AsyncClient, anna: AsyncClient) -> None:
    for n in range(STORM_GROUPS):
        await post(monitor, alert(f"f{n}"), groupKey=str(n))
    assert len(await all_tickets(anna)) == STORM_GROUPS <= MAX_TICKETS
