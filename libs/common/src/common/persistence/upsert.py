"""Rows that are inserted, or updated where they exist."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import Insert, insert

from common.persistence.database import Connection


async def upsert(
    tx: Connection, table: Table, row: Mapping[str, Any], *, key: Sequence[str] = ("id",)
) -> None:
    """Insert the row, or replace the values of the one with the same `key`."""
    new = insert(table).values(dict(row))
    await tx.execute(new.on_conflict_do_update(index_elements=key, set_=_changes(new, row, key)))


async def upsert_newer(tx: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """The same by `id`, unless the stored row has the same `sequence` or a higher one.

    For copies of what another service owns: its events may be applied twice.
    """
    new = insert(table).values(dict(row))
    is_newer = table.c.sequence < new.excluded.sequence
    changes = _changes(new, row, ("id",))
    await tx.execute(new.on_conflict_do_update(index_elements=["id"], set_=changes, where=is_newer))


def _changes(new: Insert, row: Mapping[str, Any], key: Sequence[str]) -> dict[str, Any]:
    return {name: new.excluded[name] for name in row if name not in key}
