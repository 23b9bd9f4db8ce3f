"""Set-based statements do what one statement per row would do."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from common.persistence.bulk import (
    Columns,
    execute_many,
    fetch_many,
    insert_sql,
    transpose,
    unnest,
    update_sql,
    upsert_sql,
)
from common.persistence.database import Connection

COLUMNS: Columns = {
    "id": "uuid",
    "name": "text",
    "at": "timestamptz",
    "count": "bigint",
    "body": "jsonb",
}
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ROWS = [
    (uuid4(), "first", AT, 1, json.dumps({"a": [1, None]})),
    (uuid4(), "second, 'quoted'", None, 2**40, "[]"),
    (uuid4(), None, AT, None, "null"),
]


@pytest.fixture
async def tx(owner_tx: Connection) -> Connection:
    await owner_tx.execute(
        text(
            "CREATE TABLE things (id uuid PRIMARY KEY, name text, at timestamptz, count bigint,"
            " body jsonb)"
        )
    )
    return owner_tx


async def stored(tx: Connection) -> set[tuple[Any, ...]]:
    rows = await tx.execute(text("SELECT id, name, at, count, body::text FROM things"))
    return {tuple(row) for row in rows}


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_an_insert_stores_what_one_insert_per_row_does(tx: Connection, count: int) -> None:
    one_by_one = text("INSERT INTO things VALUES (:id, :name, :at, :count, CAST(:body AS jsonb))")
    for row in ROWS[:count]:
        await tx.execute(one_by_one, dict(zip(COLUMNS, row, strict=True)))
    expected = await stored(tx)
    await tx.execute(text("DELETE FROM things"))
    await execute_many(tx, insert_sql("things", COLUMNS), ROWS[:count])
    assert len(expected) == count
    assert await stored(tx) == expected


async def test_an_update_changes_the_rows_with_these_keys_and_no_others(tx: Connection) -> None:
    await execute_many(tx, insert_sql("things", COLUMNS), ROWS)
    changes = [(ROWS[0][0], "new", "{}"), (uuid4(), "unknown", "{}")]
    columns = {"id": "uuid", "name": "text", "body": "jsonb"}
    changed = await fetch_many(tx, update_sql("things", columns, returning="things.id"), changes)
    assert [row["id"] for row in changed] == [ROWS[0][0]]
    names = await tx.execute(text("SELECT name FROM things ORDER BY count NULLS LAST"))
    assert list(names.scalars()) == ["new", "second, 'quoted'", None]


async def test_an_upsert_updates_what_exists_and_keeps_what_it_is_told_to(tx: Connection) -> None:
    await execute_many(tx, insert_sql("things", COLUMNS), ROWS[:1])
    again = [(ROWS[0][0], "changed", None, 7, "{}"), ROWS[1]]
    await execute_many(tx, upsert_sql("things", COLUMNS, keep=("at",)), again)
    assert await stored(tx) == {
        (ROWS[0][0], "changed", AT, 7, "{}"),
        (ROWS[1][0], ROWS[1][1], None, 2**40, "[]"),
    }


async def test_a_conflict_clause_leaves_existing_rows_alone(tx: Connection) -> None:
    statement = insert_sql("things", COLUMNS, conflict="(id) DO NOTHING", returning="id")
    assert len(await fetch_many(tx, statement, ROWS[:2])) == 2
    assert [row["id"] for row in await fetch_many(tx, statement, ROWS)] == [ROWS[2][0]]
    assert await fetch_many(tx, statement, []) == []


def test_parameters_are_numbered_from_the_given_one() -> None:
    assert unnest({"a": "int", "b": "jsonb"}, "new", first=4) == (
        "(SELECT unnest($4::int[]) AS a, unnest($5::text[]) AS b) AS new"
    )


def test_columns_without_any_value_are_transposed_to_empty_ones() -> None:
    assert [*map(list, transpose([], 3))] == [[], [], []]
    rows = [(1, "a", None, None), (2, "b", None, 3)]
    assert [*map(list, transpose(rows, 4))] == [[1, 2], ["a", "b"], [], [None, 3]]
