"""R3: an agreement on which nothing follows says so 90, 30 and 7 days before it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events
from sla.agreements.domain.ending import last_validity, next_notice
from sla.agreements.domain.validity import Validity
from sla.timers import TIMERS
from sla_support.company import ACME, AMSTERDAM, announce_customers
from sla_support.publication import publish_agreement

DAY = timedelta(days=1)
END = datetime(2027, 1, 1, tzinfo=UTC)


async def publish(theo: AsyncClient, gina: AsyncClient, **more: Any) -> None:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    body = {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": END.isoformat(),
    }
    await publish_agreement(theo, gina, body | more)


async def days_announced(database: Database) -> list[int]:
    """How many days before its end each notice said so."""
    return [
        (END - datetime.fromisoformat(one.body["at"])).days
        for one in await outbox_events(database)
        if one.type == "opsdesk.agreement.ending.v1"
    ]


async def test_it_is_said_three_times(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    await publish(theo, gina)
    for days in (91, 90, 60, 30, 7, 1, 0, -1):
        await freeze_time(database, END - days * DAY)
        await fire_due(database, TIMERS)
    assert await days_announced(database) == [90, 30, 7]


async def test_a_version_that_follows_ends_the_notices(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    await publish(theo, gina)
    await freeze_time(database, END - 90 * DAY)
    await fire_due(database, TIMERS)
    await publish(theo, gina, valid_from=END.isoformat(), valid_until=None)
    await freeze_time(database, END - 30 * DAY)
    await fire_due(database, TIMERS)
    assert await days_announced(database) == [90]


def test_the_last_validity_counts_and_an_open_one_ends_never() -> None:
    first, second = Validity(1, END - 400 * DAY, END), Validity(2, END, END + DAY)
    assert last_validity([second, first]) == second
    assert last_validity([first, Validity(2, END, None)]) is None
    assert last_validity([]) is None


@pytest.mark.parametrize(
    ("days", "expected"), [(91, 90), (90, 30), (31, 30), (30, 7), (8, 7), (7, None), (0, None)]
)
def test_the_next_notice_is_after_now(days: int, expected: int | None) -> None:
    due_at = next_notice(END, END - days * DAY)
    assert due_at == (None if expected is None else END - expected * DAY)
