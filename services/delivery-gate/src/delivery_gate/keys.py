"""Keys for people, such as `DEL-1001`; and how an id or a key in a path finds its row."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, text

from common.persistence.database import Connection

SEQUENCES: Final[Mapping[str, str]] = {
    "DEL": "delivery_numbers",
    "FUP": "follow_up_numbers",
    "EMC": "emergency_numbers",
}


async def next_key(tx: Connection, prefix: str) -> str:
    """The next key of a kind. A transaction that rolls back leaves a gap, nothing else."""
    number = await tx.scalar(text(f"SELECT nextval('{SEQUENCES[prefix]}')"))
    return f"{prefix}-{number}"


def by_id_or_key(table: Table, reference: str) -> ColumnElement[bool]:
    """The condition that a row has this id, or this key."""
    try:
        return table.c.id == UUID(reference)
    except ValueError:
        return table.c.key == reference
