"""Whatever the owner of the database does to a row of a fact is named (R16)."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from common.persistence.database import Database
from opsdesk_testing.databases import Template, Templates
from sla.evidence.domain.fact_tables import SEALED, VERSIONED
from sla.evidence.domain.unsealed_tables import NOT_SEALED
from sla_support.facts import (
    ALL_TABLES,
    another_value,
    named,
    owner_connection,
    problems,
    seal,
    writable_columns,
    write_facts,
)

pytestmark = pytest.mark.thorough


async def sealed_facts(database: Database) -> None:
    await write_facts(database)
    await seal(database)


@pytest.fixture
async def template(templates: Templates) -> Template:
    """With a row of every fact, and sealed: each test copies it."""
    return await templates.filled("sla", sealed_facts)


@pytest.fixture
async def sealed(database: Database) -> Database:
    return database


@pytest.fixture
async def owner(sealed: Database, owner_url: str) -> AsyncIterator["asyncpg.Connection"]:
    connection = await owner_connection(owner_url)
    yield connection
    await connection.close()


async def test_what_nobody_touched_is_whole(sealed: Database) -> None:
    assert await problems(sealed) == []


async def test_every_table_is_sealed_or_listed_with_a_reason(
    owner: "asyncpg.Connection",
) -> None:
    rows = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'sla'::regnamespace"
    )
    listed = VERSIONED.keys() | SEALED.keys() | NOT_SEALED.keys()
    assert {row["relname"] for row in rows} == listed
    assert len(listed) == len(VERSIONED) + len(SEALED) + len(NOT_SEALED)


async def test_the_scene_has_rows_in_every_table_of_facts(owner: "asyncpg.Connection") -> None:
    empty = [
        name for name in ALL_TABLES if not await owner.fetchval(f"SELECT count(*) FROM {name}")
    ]
    assert empty == []


@pytest.mark.parametrize("relation", ALL_TABLES)
async def test_a_changed_column_is_named(owner: "asyncpg.Connection", relation: str) -> None:
    """With the triggers, which then say who did it, and without them."""
    columns = await writable_columns(owner, relation)
    assert columns
    unnoticed = [
        (column, triggers)
        for column, kind in columns
        for triggers in (True, False)
        if not any(
            relation in problem
            for problem in await named(
                owner,
                f'UPDATE {relation} SET "{column}" = {another_value(column, kind)} WHERE ctid ='
                f" (SELECT min(ctid) FROM {relation})",
                triggers=triggers,
                relation=relation,
            )
        )
    ]
    assert unnoticed == []


@pytest.mark.parametrize("triggers", [True, False])
@pytest.mark.parametrize("relation", ALL_TABLES)
async def test_a_deleted_row_is_named(
    owner: "asyncpg.Connection", relation: str, triggers: bool
) -> None:
    found = await named(
        owner,
        f"DELETE FROM {relation} WHERE ctid = (SELECT min(ctid) FROM {relation})",
        triggers=triggers,
        relation=relation,
    )
    assert any(relation in problem for problem in found)


@pytest.mark.parametrize("triggers", [True, False])
@pytest.mark.parametrize("relation", ALL_TABLES)
async def test_a_forged_row_is_named(
    owner: "asyncpg.Connection", relation: str, triggers: bool
) -> None:
    """A copy of a row under another key, as if written today, or long ago."""
    columns = [column for column, _ in await writable_columns(owner, relation)]
    keys = dict(await writable_columns(owner, relation))
    forged_key = (
        VERSIONED[relation].key if relation in VERSIONED else SEALED[relation].columns[0][:2]
    )
    written_today = [one for one in columns if one not in ("position", "xid")]
    for wanted in (columns, written_today):
        values = [
            another_value(one, keys[one]) if one in (*forged_key, "key", "position") else f'"{one}"'
            for one in wanted
        ]
        names = ", ".join(f'"{one}"' for one in wanted)
        found = await named(
            owner,
            f"INSERT INTO {relation} ({names}) SELECT {', '.join(values)} FROM {relation} LIMIT 1",
            triggers=triggers,
            relation=relation,
        )
        assert any(relation in problem for problem in found)


@pytest.mark.parametrize(
    ("relation", "column"),
    [
        ("outage_records", "ordinal"),
        ("review_minutes", "number"),
        ("review_editions", "edition"),
        ("clock_inputs", "ordinal"),
        ("clock_inputs", "position"),
        ("samples", "at"),
        ("samples", "position"),
    ],
)
@pytest.mark.parametrize("triggers", [True, False])
async def test_rows_in_another_order_are_named(
    owner: "asyncpg.Connection", relation: str, column: str, triggers: bool
) -> None:
    await owner.execute(f"ALTER TABLE {relation} DROP CONSTRAINT {relation}_pkey")
    found = await named(
        owner,
        f"WITH two AS MATERIALIZED (SELECT row, value, row_number() OVER (ORDER BY value) AS nth FROM"
        f" (SELECT DISTINCT ON ({column}) ctid AS row, {column} AS value FROM {relation}) AS apart LIMIT 2)"
        f" UPDATE {relation} t SET {column} = other.value FROM two own, two other"
        " WHERE t.ctid = own.row AND other.nth = 3 - own.nth",
        triggers=triggers,
        relation=relation,
    )
    assert any(relation in problem for problem in found)


@pytest.mark.parametrize("relation", ["fact_versions", "fact_seals"])
async def test_what_proves_it_is_no_weaker(owner: "asyncpg.Connection", relation: str) -> None:
    """A version or a seal that is changed or gone is named, too."""
    unnoticed = [
        column
        for column, kind in await writable_columns(owner, relation)
        if not await named(
            owner,
            f'UPDATE {relation} SET "{column}" = {another_value(column, kind)} WHERE ctid ='
            f" (SELECT min(ctid) FROM {relation})",
            triggers=True,
            relation=relation,
        )
    ]
    assert unnoticed == []
    gone = f"DELETE FROM {relation} WHERE ctid = (SELECT min(ctid) FROM {relation})"
    assert await named(owner, gone, triggers=True, relation=relation)


async def test_a_lost_salt_is_named(owner: "asyncpg.Connection") -> None:
    """Without it nobody can compare the text with what was promised of it."""
    found = await named(owner, "DELETE FROM fact_salts", triggers=True, relation="fact_salts")
    assert any("agreement_comments" in problem for problem in found)


async def test_a_trigger_that_is_switched_off_is_named(owner: "asyncpg.Connection") -> None:
    found = await named(
        owner,
        "DROP TRIGGER versions_of_updates ON waivers",
        triggers=True,
        relation="waivers",
    )
    assert found == ["waivers: a trigger that records its versions is gone or switched off"]
