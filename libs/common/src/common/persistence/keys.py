"""Keys that people use, such as `OUT-17`, and rows found by id or by key."""

from uuid import UUID

from sqlalchemy import ColumnElement, Table, text

from common.persistence.database import Connection


async def next_number(tx: Connection, sequence: str) -> int:
    """The next number of a sequence. A transaction that rolls back leaves a gap."""
    return int(
        (await tx.execute(text("SELECT nextval(:sequence)"), {"sequence": sequence})).scalar_one()
    )


async def next_key(tx: Connection, prefix: str, sequence: str) -> str:
    """The next key of a kind: `next_key(tx, "OUT", "outage_numbers")` is `OUT-17`."""
    return f"{prefix}-{await next_number(tx, sequence)}"


async def next_keys(tx: Connection, prefix: str, sequence: str, count: int) -> list[str]:
    """The next `count` keys of a kind, in order, by one statement."""
    query = text("SELECT nextval(:sequence) FROM generate_series(1, :count)")
    numbers = await tx.scalars(query, {"sequence": sequence, "count": count})
    return [f"{prefix}-{number}" for number in numbers]


def id_or_key(reference: str) -> UUID | str:
    """The id that a reference is, else the key."""
    try:
        return UUID(reference)
    except ValueError:
        return reference


def by_id_or_key(table: Table, reference: UUID | str) -> ColumnElement[bool]:
    """The condition for the row whose id or key this is."""
    named = id_or_key(reference) if isinstance(reference, str) else reference
    return table.c.id == named if isinstance(named, UUID) else table.c.key == named
