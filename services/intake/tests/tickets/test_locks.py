"""Tickets under locks: whoever waits sees what the one before did."""

import asyncio
from datetime import datetime, timedelta

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.tickets.store import tickets
from opsdesk_testing.protocol import freeze_time, outbox_events
from opsdesk_testing.waiting import until

HOUR = timedelta(hours=1)

WAITS = text(
    "SELECT count(*) > 0 FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def test_who_waits_for_a_ticket_finds_it_where_it_was_moved(
    database: Database, anna: AsyncClient
) -> None:
    """What is told of it next names its present environment, by key and by id."""
    asked = {"title": "Down", "customer": "acme", "environment": "acme-prod"}
    key = (await anna.post("/v1/tickets", json=asked)).json()["key"]
    async with database.transaction() as moving:
        await moving.execute(
            text(
                "UPDATE tickets SET environment_id ="
                " (SELECT id FROM environments WHERE key = 'acme-staging')"
            )
        )
        waiting = asyncio.create_task(_locked_environment(database, key))
        await until(lambda: _somebody_waits(database))
    assert await waiting == "acme-staging"


async def _locked_environment(database: Database, key: str) -> str | None:
    async with database.transaction() as tx:
        ticket = await tickets.lock(tx, key)
        return ticket.environment if ticket else None


async def _somebody_waits(database: Database) -> bool:
    async with database.transaction() as tx:
        return bool(await tx.scalar(WAITS))


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("assign", {"to": "omar", "team": "ops"}),
        ("workaround", {"text": "Use the other button."}),
        ("hold", {"waiting_on": "customer", "question": "Which button?", "reason": "unclear"}),
    ],
)
async def test_a_change_happens_when_its_lock_was_got_not_when_it_was_asked_for(
    database: Database, anna: AsyncClient, action: str, body: dict[str, str]
) -> None:
    """Read before the wait, its moment would lie before the change that it waited for."""
    asked = {"title": "Down", "customer": "acme", "environment": "acme-prod"}
    key = (await anna.post("/v1/tickets", json=asked)).json()["key"]
    asked_at = (await outbox_events(database))[-1].body["at"]
    async with database.transaction() as earlier:
        await tickets.lock(earlier, key)
        waiting = asyncio.create_task(anna.post(f"/v1/tickets/{key}/{action}", json=body))
        await until(lambda: _somebody_waits(database))
        await freeze_time(database, datetime.fromisoformat(asked_at) + HOUR)
    answer = await waiting
    assert answer.status_code == 200, answer.text
    changed_at = (await outbox_events(database))[-1].body["at"]
    assert datetime.fromisoformat(changed_at) == datetime.fromisoformat(asked_at) + HOUR
