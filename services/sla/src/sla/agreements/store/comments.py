"""Comments on versions in negotiation. They never change."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text

from common.persistence.database import Connection
from common.persistence.keyset import page_after
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
    tx: Connection, version_id: UUID, limit: int, after: tuple[UUID] | None
) -> list[Comment]:
    """Up to `limit` + 1 comments on a version, oldest first."""
    statement = select(comments).where(comments.c.version_id == version_id)
    rows = await tx.execute(page_after(statement, (comments.c.id,), after, limit))
    return [Comment(**row._mapping) for row in rows]


async def of_contact(
    tx: Connection, contact: UUID, limit: int, after: tuple[UUID] | None
) -> list[Comment]:
    """Up to `limit` comments by a contact, oldest first."""
    statement = select(comments).where(comments.c.created_by == f"contact/{contact}")
    rows = await tx.execute(page_after(statement, (comments.c.id,), after, limit - 1))
    return [Comment(**row._mapping) for row in rows]


def to_record(comment: Comment) -> dict[str, object]:
    """The comment as an export has it."""
    return asdict(comment) | {"created_at": comment.created_at.isoformat()}


async def erase(tx: Connection, contact: UUID) -> None:
    """Erase the words of a contact's comments; who commented when stays."""
    await tx.execute(text("SELECT erase_agreement_comments(:contact)"), {"contact": contact})
