"""What readers think of articles."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.articles.tables import article_feedback


@dataclass(frozen=True, slots=True)
class Feedback:
    """Whether a version helped its reader, and what the reader says about it: one for each person and version."""

    id: UUID
    article_id: UUID
    version: int
    customer_id: UUID | None
    helpful: bool
    comment: str | None
    author: str
    at: datetime


async def put(tx: Connection, feedback: Feedback) -> Feedback:
    """Store what a reader thinks, in place of what they thought of this version before; as stored.

    What the same person said by another account goes, too (the trigger `one_vote_for_each_person`).
    """
    new = insert(article_feedback).values(asdict(feedback))
    values = {name: new.excluded[name] for name in ("id", "helpful", "comment", "at")}
    stored = new.on_conflict_do_update(constraint="uq_article_feedback_reader", set_=values)
    row = (await tx.execute(stored.returning(article_feedback))).one()
    return Feedback(**row._mapping)


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
