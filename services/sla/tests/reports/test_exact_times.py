"""Percentiles of the report on times: each is the time of one that ended (C13)."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from httpx import AsyncClient

from common.events.tickets import TicketResolved
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.reports.store import exact_times
from sla.timers import TIMERS
from sla_support.company import (
    ACME,
    BRIGHTWATER,
    HOUR,
    NINE,
    promise,
    ticket_event,
    ticket_opened,
)

pytestmark = pytest.mark.thorough

DAY = timedelta(days=1)
SHARES = {"p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95, "p99": 0.99}
CUSTOMERS = {"acme": ACME, "brightwater": BRIGHTWATER}


def nearest_rank(seconds: Sequence[int], share: float) -> int:
    return sorted(seconds)[math.ceil(share * len(seconds)) - 1]


def expected(seconds: Sequence[int]) -> dict[str, Any]:
    mean = round(sum(seconds) / len(seconds))
    named = {f"{name}_seconds": nearest_rank(seconds, share) for name, share in SHARES.items()}
    return {"ended": len(seconds), "mean_seconds": mean, **named}


def figures(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: row[name] for name in ("ended", "mean_seconds", *(f"{one}_seconds" for one in SHARES))
    }


@pytest.fixture
async def lives(database: Database) -> dict[tuple[str, str], list[tuple[datetime, int]]]:
    """When tickets of two customers ended, and after how many elapsed seconds: by customer and priority."""
    random, number = Random(13), 0
    found: dict[tuple[str, str], list[tuple[datetime, int]]] = {}
    for customer, id in CUSTOMERS.items():
        await promise(database, (id, customer), metrics=("resolution",))
        who: dict[str, Any] = {"customer_id": id, "customer": customer}
        for _ in range(60):
            number += 1
            priority = random.choice(("blocker", "major"))
            opened = NINE + random.randrange(40) * 6 * HOUR
            seconds = random.randrange(1, 200_000)
            ended = opened + timedelta(seconds=seconds)
            await deliver(
                database,
                HANDLERS,
                (ticket_opened(number, opened, priority=priority, **who), 1),
                (
                    ticket_event(
                        TicketResolved, number, ended, priority=priority, state="resolved", **who
                    ),
                    2,
                ),
            )
            found.setdefault((customer, priority), []).append((ended, seconds))
    await freeze_time(database, NINE + 40 * DAY)
    await fire_due(database, TIMERS)
    return found


def ended_within(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]], since: datetime, until: datetime,
    customer: str | None = None, priority: str | None = None,
) -> list[int]:  # fmt: skip
    return [
        seconds
        for (of, urgency), ends in lives.items()
        for ended, seconds in ends
        if customer in (None, of) and priority in (None, urgency) and since <= ended < until
    ]


async def get(theo: AsyncClient, query: str) -> dict[str, Any]:
    answer = await theo.get(f"/v1/reports/response?{query}")
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


MIDNIGHT = NINE - 9 * HOUR
"""The first of June in Amsterdam, in which both customers count their days."""


async def test_each_percentile_is_the_time_of_one_ticket(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]], theo: AsyncClient
) -> None:
    whole = MIDNIGHT, MIDNIGHT + 30 * DAY
    period = "metric=lifetime&from=2026-06-01&to=2026-07-01"
    report = await get(theo, period)
    assert report["estimated"] is False
    assert figures(report["total"]) == expected(ended_within(lives, *whole))
    for customer in CUSTOMERS:
        own = await get(theo, f"{period}&customer={customer}")
        assert figures(own["total"]) == expected(ended_within(lives, *whole, customer))
    grouped = await get(theo, f"{period}&group_by=priority&customer=acme")
    assert {row["group"]: figures(row) for row in grouped["rows"]} == {
        priority: expected(ended_within(lives, *whole, "acme", priority))
        for priority in ("blocker", "major")
    }
    assert figures(grouped["total"]) == expected(ended_within(lives, *whole, "acme"))


async def test_a_trend_has_those_of_each_day_by_the_customers_own(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]], theo: AsyncClient
) -> None:
    report = await get(theo, "metric=lifetime&from=2026-06-03&to=2026-06-09&step=day&customer=acme")
    assert len(report["rows"]) == 6
    for number, row in enumerate(report["rows"]):
        since = MIDNIGHT + (2 + number) * DAY
        seconds = ended_within(lives, since, since + DAY, "acme")
        assert row["ended"] == len(seconds)
        if seconds:
            assert figures(row) == expected(seconds)
        else:
            assert row["p50_seconds"] is row["mean_seconds"] is None


async def test_clocks_count_what_they_counted(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]], database: Database, theo: AsyncClient
) -> None:
    """A blocker's clock runs around the clock: what it counted is what has elapsed."""
    period = "metric=resolution&from=2026-06-01&to=2026-07-01&priority=blocker"
    report = await get(theo, f"{period}&group_by=customer")
    assert {row["group"]: figures(row) for row in report["rows"]} == {
        customer: expected(ended_within(lives, MIDNIGHT, MIDNIGHT + 30 * DAY, customer, "blocker"))
        for customer in CUSTOMERS
    }
    agreement = await get(theo, f"{period}&agreement=acme-standard")
    assert agreement["total"]["ended"] == len(
        ended_within(lives, MIDNIGHT, MIDNIGHT + 30 * DAY, "acme", "blocker")
    )


async def test_a_contact_gets_exact_ones_of_the_own_customer(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]], jan: AsyncClient
) -> None:
    report = await get(jan, "metric=lifetime&from=2026-06-01&to=2026-07-01")
    own = ended_within(lives, MIDNIGHT, MIDNIGHT + 30 * DAY, "acme")
    assert figures(report["total"]) == expected(own)


async def test_of_too_many_they_are_estimated_and_it_says_so(
    lives: dict[tuple[str, str], list[tuple[datetime, int]]],
    theo: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their error stays below 5 %; the mean is exact all the same."""
    exact = await get(theo, "metric=lifetime&from=2026-06-01&to=2026-07-01")
    monkeypatch.setattr(exact_times, "MAX_EXACT", 10)
    rough = await get(theo, "metric=lifetime&from=2026-06-01&to=2026-07-01")
    assert rough["estimated"] is True
    assert rough["total"]["mean_seconds"] == exact["total"]["mean_seconds"]
    for name in SHARES:
        real = exact["total"][f"{name}_seconds"]
        assert rough["total"][f"{name}_seconds"] == pytest.approx(real, rel=0.05)
