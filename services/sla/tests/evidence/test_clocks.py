"""A clock whose row, firings or deadline were changed, and no fact with it, is named (R16)."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from common.persistence.database import Database
from sla.clocks.replay import find_differences
from sla_support.facts import another_value, owner_connection, seal, writable_columns, write_facts


@pytest.fixture
async def sealed(database: Database) -> Database:
    await write_facts(database)
    await seal(database)
    return database


@pytest.fixture
async def owner(sealed: Database, owner_url: str) -> AsyncIterator["asyncpg.Connection"]:
    connection = await owner_connection(owner_url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "column",
    [
        "state",
        "deadline",
        "breached_at",
        "outcome",
        "outcome_at",
        "stopped_at",
        "elapsed_seconds",
        "next_at",
        "customer_id",
        "metric",
        "ordinal",
    ],
)
async def test_a_clocks_result_is_changed_and_no_fact(
    sealed: Database, owner: "asyncpg.Connection", column: str
) -> None:
    kinds = dict(await writable_columns(owner, "clocks"))
    await owner.execute("ALTER TABLE clocks DISABLE TRIGGER USER")
    await owner.execute(
        f"UPDATE clocks SET {column} = {another_value(column, kinds[column])}"
        " WHERE id = (SELECT min(id::text)::uuid FROM clocks)"
    )
    found = [one async for one in find_differences(sealed)]
    assert len(found) == 1


async def test_a_clock_has_no_firings(sealed: Database, owner: "asyncpg.Connection") -> None:
    """The deadline is deleted, so that it never fires; nothing else is wrong with it."""
    assert [one async for one in find_differences(sealed)] == []
    clock = await owner.fetchval("SELECT id FROM clocks WHERE next_at IS NOT NULL LIMIT 1")
    if clock is None:  # everything has fired: a clock that runs again
        clock = await owner.fetchval(
            "UPDATE clocks SET next_at = sla.now() WHERE id = (SELECT id FROM clocks LIMIT 1) RETURNING id"
        )
    await owner.execute("DELETE FROM deadlines WHERE subject = $1", clock)
    (problem,) = [one async for one in find_differences(sealed)]
    assert "fires next at" in problem or "has no deadline: it would never fire" in problem


async def test_a_breach_that_never_fired_is_named(
    sealed: Database, owner: "asyncpg.Connection"
) -> None:
    """The firing became an input of a day later: the fold finds what was due before it."""
    await owner.execute("ALTER TABLE clock_inputs DISABLE TRIGGER USER")
    fired = await owner.fetchrow(
        "SELECT clock_id, max(ordinal) AS ordinal FROM clock_inputs WHERE kind = 'fired' GROUP BY 1 LIMIT 1"
    )
    assert fired is not None
    await owner.execute(
        "UPDATE clock_inputs SET kind = 'on_hold', body = NULL, at = known_at + interval '1 day'"
        " WHERE clock_id = $1 AND ordinal = $2",
        fired["clock_id"],
        fired["ordinal"],
    )
    found = [one async for one in find_differences(sealed)]
    assert any("has no firing of" in one and "which was due at" in one for one in found)
