"""What linked systems posted: each event once; what could not be applied, as it came."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.linked_tickets.tables import linked_receipts

ReceiptOutcome = Literal["applied", "own", "unknown_ticket", "unreadable"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """One event of a system, and what became of it."""

    id: UUID
    system_id: UUID
    event: str
    received_at: datetime
    outcome: ReceiptOutcome
    ticket_id: UUID | None = None
    remote_id: str | None = None
    raw: str | None = None


async def add(tx: Connection, receipt: Receipt) -> bool:
    """Store an event. False where it came before: then it has no effect."""
    statement = insert(linked_receipts).values(asdict(receipt)).on_conflict_do_nothing()
    return bool((await tx.execute(statement)).rowcount)


async def page(
    tx: Connection, system: UUID, outcome: ReceiptOutcome, after: tuple[UUID] | None, limit: int
) -> Sequence[Receipt]:
    """Events of a system with this outcome, the newest first: `limit` and one more."""
    query = select(linked_receipts).where(
        linked_receipts.c.system_id == system, linked_receipts.c.outcome == outcome
    )
    rows = await tx.execute(page_after(query, [linked_receipts.c.id.desc()], after, limit))
    return [Receipt(**row._mapping) for row in rows]
