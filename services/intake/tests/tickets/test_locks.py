"""Tickets under locks: whoever waits sees what the one before did."""

import asyncio

from httpx import AsyncClient
from sqlalchemy import text

from common.persistence.database import Database
from intake.tickets.store import tickets
from opsdesk_testing.waiting import until

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
