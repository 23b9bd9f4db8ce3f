"""What was said about a version while it was negotiated; never changed afterwards."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from common.persistence.database import Connection
from sla.agreements.domain.lifecycle import Side
from sla.agreements.tables import agreement_comments as comments


@dataclass(frozen=True, slots=True)
class Comment:
    id: UUID
    version_id: UUID
    created_by: str
    side: Side
    created_at: datetime
    comment: str


async def add(tx: Connection, comment: Comment) -> None:
    await tx.execute(insert(comments).values(**asdict(comment)))


async def list_page(
    tx: Connection, version_id: UUID, limit: int, after: UUID | None
) -> list[Comment]:
    """Up to `limit` + 1, oldest first."""
    statement = select(comments).where(comments.c.version_id == version_id)
    if after is not None:
        statement = statement.where(comments.c.id > after)
    rows = await tx.execute(statement.order_by(comments.c.id).limit(limit + 1))
    return [Comment(**row._mapping) for row in rows]
