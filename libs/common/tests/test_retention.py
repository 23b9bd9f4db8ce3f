"""What is old is deleted in batches, what is evidence is not (R16)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.persistence.database import Database
from common.retention import (
    COMMON_RETENTIONS,
    Retention,
    delete_old,
    delete_old_forever,
)
from common.settings import Settings
from opsdesk_testing.client import settings_for
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.waiting import until

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def retention(name: str) -> Retention:
    (found,) = (one for one in COMMON_RETENTIONS if one.name == name)
    return found


async def execute(database: Database, statement: str, **values: Any) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(statement), values)


async def values_of(database: Database, query: str) -> list[Any]:
    async with database.transaction() as tx:
        return list(await tx.scalars(text(query)))


async def delete(database: Database, name: str, rows: int = 1000, **settings: int) -> int:
    async with database.transaction() as tx:
        given = settings_for(Settings, database.url, **settings)
        return await delete_old(tx, retention(name), given, rows)


async def add_dead_letter(database: Database, offset: int, settled: str | None) -> None:
    await execute(
        database,
        'INSERT INTO dead_letters (topic, partition, "offset", digest, headers, code, reason,'
        " died_at, settled_at) VALUES ('t', 0, :offset, '', '[]', 'refused', 'x',"
        " statement_timestamp() - interval '900 days',"
        " statement_timestamp() - CAST(CAST(:settled AS text) AS interval))",
        offset=offset,
        settled=settled,
    )


async def test_settled_dead_letters_go_and_open_ones_stay_however_old(database: Database) -> None:
    for offset, settled in enumerate((None, "399 days", "401 days")):
        await add_dead_letter(database, offset, settled)
    assert await delete(database, "settled dead letters") == 1
    left = 'SELECT "offset" FROM dead_letters ORDER BY id'
    assert await values_of(database, left) == [0, 1]
    assert await delete(database, "settled dead letters", dead_letter_days=30) == 1
    assert await values_of(database, left) == [0]


async def test_a_batch_deletes_the_oldest_first(database: Database) -> None:
    for offset, settled in enumerate(("500 days", "700 days", "600 days")):
        await add_dead_letter(database, offset, settled)
    assert await delete(database, "settled dead letters", rows=2) == 2
    assert await values_of(database, 'SELECT "offset" FROM dead_letters') == [0]


async def add_firing(database: Database, number: int, kind: str, at: datetime) -> None:
    await execute(
        database,
        "INSERT INTO firings (generation, kind, subject, due_at, fired_at, lag,"
        " fired_without_events) VALUES (:number, :kind, gen_random_uuid(), :at, :at, '0', false)",
        number=number,
        kind=kind,
        at=at,
    )


async def test_old_firings_go_and_those_of_clocks_stay(database: Database) -> None:
    """R16, C8: the firings of clocks are sealed evidence."""
    now = (await values_of(database, "SELECT statement_timestamp()"))[0]
    await freeze_time(database, now)
    for number, (kind, days) in enumerate((("step", 401), ("clock", 900), ("step", 399))):
        await add_firing(database, number, kind, now - timedelta(days=days))
    assert await delete(database, "firings") == 1
    assert await values_of(database, "SELECT generation FROM firings ORDER BY 1") == [1, 2]


async def test_the_service_cannot_delete_what_is_younger_nor_from_the_table(
    database: Database,
) -> None:
    """R16: whatever it asks for, and whatever its simulated time says."""
    now = (await values_of(database, "SELECT statement_timestamp()"))[0]
    await add_firing(database, 1, "step", now - timedelta(days=399))
    await freeze_time(database, now + timedelta(days=5000))
    assert await delete(database, "firings") == 0
    for statement in ("DELETE FROM firings", "UPDATE firings SET kind = 'step'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await execute(database, statement)
    for table in ("audit", "audit_seals", "audit_leaves"):
        with pytest.raises(DBAPIError, match="permission denied"):
            await execute(database, f"DELETE FROM {table}")


async def test_the_loop_deletes_batch_after_batch_and_outlives_what_fails(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await execute(
        database,
        'INSERT INTO dead_letters (topic, partition, "offset", digest, headers, code, reason,'
        " settled_at) SELECT 't', 0, n, '', '[]', 'refused', 'x',"
        " statement_timestamp() - interval '500 days' FROM generate_series(1, 2500) n",
    )
    broken = Retention("nothing", text("SELECT 1 / 0 AS deleted"), lambda settings: 1)
    loop = asyncio.create_task(
        delete_old_forever(
            database, settings_for(Settings, database.url), (broken, *COMMON_RETENTIONS)
        )
    )
    await until(lambda: _is_empty(database))
    assert not loop.done()
    loop.cancel()


async def _is_empty(database: Database) -> bool:
    return await values_of(database, "SELECT count(*) FROM dead_letters") == [0]


@pytest.mark.parametrize("name", [one.name for one in COMMON_RETENTIONS])
async def test_what_is_old_is_found_by_an_index(database: Database, name: str) -> None:
    """Each look must stay cheap when the table is large."""
    async with database.transaction() as tx:
        await tx.execute(text("SET LOCAL enable_seqscan = off"))
        where = {
            "idempotency keys": "idempotency WHERE answered_at <= now()",
            "settled dead letters": "dead_letters WHERE settled_at <= now()",
            "revoked tokens": "revoked_tokens WHERE expires_at <= now()",
            "revoked callers": "revoked_callers WHERE expires_at <= now()",
            "firings": "firings WHERE kind <> 'clock' AND fired_at <= now() ORDER BY fired_at",
        }[name]
        plan = "\n".join(await tx.scalars(text(f"EXPLAIN SELECT 1 FROM {where} LIMIT 10")))
    assert "Index" in plan
    assert "Sort" not in plan
