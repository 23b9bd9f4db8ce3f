"""Inputs of clocks, only appended (C9)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from common.persistence.bulk import Columns, execute_many, insert_sql
from common.persistence.database import Connection, asyncpg_connection
from sla.clocks.domain.clock import Input
from sla.clocks.domain.codec import dump_body, load_input
from sla.clocks.tables import clock_inputs

_COLUMNS: Columns = {
    "clock_id": "uuid",
    "ordinal": "int",
    "kind": "text",
    "at": "timestamptz",
    "known_at": "timestamptz",
    "body": "text",
    "fired_without_events": "boolean",
}
_INSERT = insert_sql("clock_inputs", _COLUMNS)
_SELECT_MANY = """
SELECT clock_id, ordinal, kind, at, known_at, body FROM clock_inputs
WHERE clock_id = ANY($1::uuid[]) ORDER BY clock_id, ordinal
"""


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An input of a stored clock. `fired_without_events`: as in `Due`."""

    clock_id: UUID
    input: Input
    fired_without_events: bool = False


async def append(tx: Connection, stored_inputs: Sequence[StoredInput]) -> None:
    """Append inputs of one or more clocks."""
    rows = [
        (one.clock_id, *column_values(one.input), one.fired_without_events) for one in stored_inputs
    ]
    await execute_many(tx, _INSERT, rows)


async def list_by_clock(
    tx: Connection, id: UUID, known_until: datetime | None = None
) -> list[StoredInput]:
    """List the inputs of a clock, in order; with `known_until` only those known by then."""
    statement = select(clock_inputs).where(clock_inputs.c.clock_id == id)
    if known_until is not None:
        statement = statement.where(clock_inputs.c.known_at <= known_until)
    rows = await tx.execute(statement.order_by(clock_inputs.c.ordinal))
    return [
        StoredInput(
            id,
            load_input(row.ordinal, row.kind, row.at, row.known_at, row.body),
            row.fired_without_events,
        )
        for row in rows
    ]


async def list_by_clocks(tx: Connection, ids: Collection[UUID]) -> dict[UUID, list[Input]]:
    """Return the inputs of each of these clocks, in order: for the replay of many clocks."""
    inputs_by_clock: dict[UUID, list[Input]] = {id: [] for id in ids}
    for id, ordinal, kind, at, known_at, body in await (await asyncpg_connection(tx)).fetch(
        _SELECT_MANY, list(ids)
    ):
        inputs_by_clock[id].append(load_input(ordinal, kind, at, known_at, body))
    return inputs_by_clock


def column_values(input: Input) -> tuple[Any, ...]:
    """Return ordinal, kind, at, known_at and body."""
    return input.ordinal, input.kind, input.at, input.known_at, dump_body(input)
