"""What the database itself shows to a customer's contact, whatever a query asks."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from common.persistence.database import Database
from common.persistence.row_scope import RowScope, contact_role, rows_of_nobody, set_scope

_TABLES = text(
    """
    SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS is_apart,
        has_table_privilege(:contact, pg_class.oid, 'SELECT') AS is_readable
    FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind IN ('r', 'p', 'v')
    ORDER BY relname
    """
)


@contextmanager
def as_contact_of(customer: str, caller: str = "somebody") -> Iterator[None]:
    """Let transactions of this block touch what a contact of this customer (a key) may touch."""
    with rows_of_nobody():
        set_scope(RowScope(customer, caller))
        yield


@contextmanager
def as_partner(partner: str, caller: str = "somebody") -> Iterator[None]:
    """Let transactions of this block touch what a person of this business partner (a key) may touch."""
    with rows_of_nobody():
        set_scope(RowScope("", caller, partner))
        yield


async def readable_tables(database: Database) -> dict[str, bool]:
    """Return the tables that contacts may read, and whether their rows are kept apart."""
    names = {"schema": database.schema, "contact": contact_role(database.schema)}
    async with database.transaction() as tx:
        rows = (await tx.execute(_TABLES, names)).all()
    return {row.name: row.is_apart for row in rows if row.is_readable}


async def rows_without_where(database: Database, customer: str) -> dict[str, list[str]]:
    """Return every row, as JSON text, of all readable tables: as one who forgets every WHERE."""
    tables = await readable_tables(database)
    with as_contact_of(customer):
        return await _read(database, tables)


async def rows_without_where_of_partner(database: Database, partner: str) -> dict[str, list[str]]:
    """The same as a business partner's person."""
    tables = await readable_tables(database)
    with as_partner(partner):
        return await _read(database, tables)


async def _read(database: Database, tables: Collection[str]) -> dict[str, list[str]]:
    async with database.transaction() as tx:
        return {
            table: list(await tx.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")))
            for table in tables
        }


async def all_rows_of(database: Database, table: str) -> list[str]:
    """Return every row of a table, as JSON text, as the service itself reads it."""
    async with database.transaction() as tx:
        return list(await tx.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t")))
