"""What belongs to one customer in a schema: found in all of its tables, so that a new table is in it, too."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection, Database

CHILDREN_DEEP = 2
"""Steps from a row that names the customer to rows that name that row."""
NOT_SHOWN = frozenset(
    {"outbox", "inbox", "parked_records", "deadlines", "fired_deadlines", "audit"}
)
"""Tables of the machinery: their ids are of no thing that a caller can ask for."""
SHORTEST_WORD = 5
"""A key of fewer characters would be found in any text."""


async def identifiers_of(database: Database, customer: str, customer_id: UUID) -> frozenset[str]:
    """Return the ids and keys of everything that names this customer, or names something that does."""
    async with database.transaction() as tx:
        tables = await _tables(tx, database.schema)
        found: set[str] = {customer, str(customer_id)}
        for _ in range(CHILDREN_DEEP + 1):
            for table, columns in tables.items():
                found |= await _named_in(tx, table, columns, found)
    return frozenset(word for word in found if len(word) >= SHORTEST_WORD)


async def _tables(tx: Connection, schema: str) -> dict[str, list[str]]:
    """Return the columns of each table that can name something: uuid, text, and arrays of them."""
    rows = await tx.execute(
        text(
            "SELECT c.table_name, c.column_name FROM information_schema.columns c"
            " JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = :schema AND t.table_type = 'BASE TABLE'"
            " AND c.udt_name IN ('uuid', 'text', '_uuid', '_text')"
        ),
        {"schema": schema},
    )
    tables: dict[str, list[str]] = {}
    for table, column in rows:
        if table not in NOT_SHOWN:
            tables.setdefault(table, []).append(column)
    return tables


async def _named_in(
    tx: Connection, table: str, columns: list[str], known: Iterable[str]
) -> set[str]:
    own = [column for column in ("id", "key", "ticket") if column in columns]
    if not own:
        return set()
    names = set(known)
    rows = await tx.execute(text(f'SELECT {", ".join(_quoted(columns))} FROM "{table}"'))
    return {
        str(row[column])
        for row in rows.mappings()
        if any(_names(row[column], names) for column in columns)
        for column in own
        if row[column] is not None
    }


def _quoted(columns: list[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _names(value: Any, known: set[str]) -> bool:
    values = value if isinstance(value, list) else [value]
    return any(str(one) in known for one in values)
