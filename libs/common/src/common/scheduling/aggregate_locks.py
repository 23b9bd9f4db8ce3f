"""The lock of a timer: the aggregates of its due deadlines."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, TextClause, Uuid, bindparam, select, text

from common.persistence.database import Connection


async def lock_available(tx: Connection, column: "Column[Any]", ids: Collection[UUID]) -> set[UUID]:
    """Lock the rows with these ids that nobody else holds, in the order of ids. Returns their ids.

    `column` is the id's. An id without a row is returned, too: the deadline of what is gone would
    otherwise stay due for ever. A row that somebody else holds is not.
    """
    return set(await tx.scalars(_lock_sql(column.table.fullname, column.name), {"ids": list(ids)}))


@cache
def _lock_sql(table: str, column: str) -> TextClause:
    # One statement, so one snapshot: a row that is held is in it and is not taken for one that is gone.
    return text(
        f"""
        WITH locked AS (
            SELECT {column} AS id FROM {table} WHERE {column} = ANY(:ids)
            ORDER BY {column} FOR UPDATE SKIP LOCKED)
        SELECT id FROM locked
        UNION ALL
        SELECT id FROM unnest(:ids) AS asked (id)
        WHERE NOT EXISTS (SELECT FROM {table} WHERE {table}.{column} = asked.id)
        """
    ).bindparams(bindparam("ids", type_=ARRAY(Uuid)))


async def select_existing(
    tx: Connection, column: "Column[Any]", ids: Collection[UUID]
) -> set[UUID]:
    """Return those of these ids that have a row, for a timer whose effect needs one."""
    return set(await tx.scalars(select(column).where(column.in_(ids))))
