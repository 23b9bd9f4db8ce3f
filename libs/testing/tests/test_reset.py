"""A test finds its database as its template is, whatever an earlier test did to the one that it gets."""

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from common.persistence.database import Database
from opsdesk_testing.databases import Template, Templates


@pytest.fixture
def schema() -> str:
    return "intake"


@pytest.fixture
async def templates(templates: Templates) -> AsyncIterator[Templates]:
    """The same templates, with no database that an earlier test had."""
    own = templates.without_databases()
    yield own
    await own.drop_databases()


async def _used(
    templates: Templates, template: Template, use: Callable[[Database], Awaitable[None]]
) -> str:
    """Have one test's database used; return its URL."""
    async with templates.database(template, pool_size=2) as database:
        await use(database)
        return database.url


async def _written(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(text("UPDATE simulated_time SET frozen_at = '2030-01-01 00:00+00'"))
        await tx.execute(text("DELETE FROM blunt_words"))
        await tx.execute(text("SELECT nextval('outbox_id_seq')"))
        await tx.execute(text("INSERT INTO consumed_offsets VALUES ('a.topic', 0, 7)"))


async def _state(database: Database) -> tuple[object, ...]:
    async with database.transaction() as tx:
        row = await tx.execute(
            text(
                "SELECT (SELECT frozen_at FROM simulated_time), (SELECT count(*) FROM blunt_words),"
                " (SELECT count(*) FROM consumed_offsets), nextval('outbox_id_seq')"
            )
        )
        return tuple(row.one())


async def test_rows_and_sequences_are_put_back(templates: Templates, template: Template) -> None:
    async with templates.database(template, pool_size=2) as database:
        at_first, url = await _state(database), database.url
    assert await _used(templates, template, _written) == url
    async with templates.database(template, pool_size=2) as database:
        assert database.url == url
        assert await _state(database) == at_first


async def test_who_is_still_connected_is_hung_up_on(
    templates: Templates, template: Template
) -> None:
    left: list[asyncpg.Connection] = []

    async def leave_a_lock(database: Database) -> None:
        connection = await asyncpg.connect(database.url)
        left.append(connection)
        await connection.execute("BEGIN; LOCK TABLE intake.outbox")

    url = await _used(templates, template, leave_a_lock)
    async with templates.database(template, pool_size=2) as database:
        assert database.url == url
        await _state(database)
    assert left[0].is_closed()


async def test_a_transaction_that_a_test_left_open_changes_nothing_in_the_next(
    templates: Templates, template: Template
) -> None:
    left: list[AsyncConnection] = []

    async def leave_it_open(database: Database) -> None:
        left.append(await database.engine.connect())
        await left[0].execute(text("DELETE FROM blunt_words"))

    async with templates.database(template, pool_size=2) as database:
        at_first = await _state(database)
    url = await _used(templates, template, leave_it_open)
    async with templates.database(template, pool_size=2) as database:
        assert database.url == url
        assert await _state(database) == at_first
    await left[0].invalidate()
    await left[0].close()


async def test_a_changed_schema_is_in_no_other_test(
    templates: Templates, template: Template
) -> None:
    async def change(database: Database) -> None:
        name = database.url.rpartition("/")[2]
        owner = await asyncpg.connect(templates.owner_url(template, name))
        await owner.execute("ALTER TABLE intake.outbox ALTER COLUMN type SET DEFAULT 'any'")
        await owner.close()

    url = await _used(templates, template, change)
    async with templates.database(template, pool_size=2) as database:
        assert database.url != url


async def test_what_the_planner_learnt_is_in_no_other_test(
    templates: Templates, template: Template
) -> None:
    async def learn(database: Database) -> None:
        await _written(database)
        name = database.url.rpartition("/")[2]
        owner = await asyncpg.connect(templates.owner_url(template, name))
        await owner.execute("ANALYZE intake.message_templates")
        await owner.close()

    url = await _used(templates, template, learn)
    async with templates.database(template, pool_size=2) as database:
        assert database.url != url
