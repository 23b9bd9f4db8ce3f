"""The records of outages, which are only appended (R16)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select

from common.persistence.database import Connection
from sla.outages.domain.outage import Outage, Record
from sla.outages.tables import outage_records as records

MUTABLE_COLUMNS = ("effect", "started_at", "ended_at", "counts", "superseded_by", "ordinal")
"""The columns of an outage that each of its records has, too."""
_RECORD_COLUMNS = (*MUTABLE_COLUMNS, "kind", "known_at", "confirmed_by", "reason")


async def insert_records(tx: Connection, pairs: Sequence[tuple[Outage, Record]]) -> None:
    """Append the record of each outage."""
    rows = [
        {name: getattr(record, name) for name in _RECORD_COLUMNS}
        | {"outage_id": outage.id, "created_by": record.by}
        for outage, record in pairs
    ]
    await tx.execute(insert(records), rows)


async def list_records(tx: Connection, outage_id: UUID) -> list[Record]:
    """List all records of an outage, in order."""
    query = select(records).where(records.c.outage_id == outage_id).order_by(records.c.ordinal)
    return [_to_record(row) for row in await tx.execute(query)]


def _to_record(row: Row[Any]) -> Record:
    return Record(by=row.created_by, **{name: getattr(row, name) for name in _RECORD_COLUMNS})
