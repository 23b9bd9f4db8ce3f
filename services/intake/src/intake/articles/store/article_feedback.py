"""What readers think of articles."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.articles.tables import article_feedback


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether a version helped its reader, and what the reader says about it."""

    id: UUID
    article_id: UUID
    version: int
    customer_id: UUID | None
    helpful: bool
    comment: str | None
    author: str
    at: datetime


async def add(tx: Connection, feedback: Feedback) -> None:
    """Store what a reader thinks."""
    await tx.execute(insert(article_feedback).values(asdict(feedback)))


async def count(tx: Connection, article: UUID, version: int) -> tuple[int, int]:
    """How many readers a version helped, and how many not."""
    helpful = article_feedback.c.helpful
    query = select(
        func.count().filter(helpful).label("helped"), func.count().filter(~helpful).label("not")
    ).where(article_feedback.c.article_id == article, article_feedback.c.version == version)
    helped, not_helped = (await tx.execute(query)).one()
    return helped, not_helped


async def page(
    tx: Connection, article: UUID, after: tuple[UUID] | None, limit: int
) -> Sequence[Feedback]:
    """What readers said of an article, the newest first: `limit` and one more."""
    query = select(article_feedback).where(article_feedback.c.article_id == article)
    rows = await tx.execute(page_after(query, [article_feedback.c.id.desc()], after, limit))
    return [Feedback(**row._mapping) for row in rows]
