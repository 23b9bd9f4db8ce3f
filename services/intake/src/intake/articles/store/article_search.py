"""Lists of articles: all that match, or those that fit some words best."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Select, and_, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import TSVECTOR

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from intake.articles.domain.article import ArticleAudience, ArticleState
from intake.articles.tables import article_versions, articles

EXCERPT_CHARS: Final = 200
MAX_WORDS_CHARS: Final = 2_000
"""Characters of a text by which articles are looked for: its beginning says what it is about."""
SCALE: Final = 1_000_000
"""Ranks are compared as whole numbers, so that a page can begin behind one."""
_WORDS: Final = literal_column("article_versions.words", TSVECTOR)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """Which articles a list shows; None means any. Contacts never see drafts, whatever they ask."""

    words: str | None = None
    language: str | None = None
    audience: ArticleAudience | None = None
    state: ArticleState | None = None
    owner: str | None = None
    review_due_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article in a list, with the beginning of what it says; `score` orders those that fit words."""

    id: UUID
    key: str
    language: str
    audience: ArticleAudience
    state: ArticleState
    title: str
    excerpt: str
    owner: str
    version: int
    published_at: datetime | None
    review_due_at: datetime | None
    score: int


async def page(
    tx: Connection, filters: ArticleFilter, after: tuple[int, UUID] | None, limit: int
) -> Sequence[FoundArticle]:
    """Articles that match: those that fit the words best first, else the newest; one more than `limit`."""
    found = _query(filters).subquery()
    order = [found.c.score.desc(), found.c.id.desc()]
    rows = await tx.execute(page_after(select(found), order, after, limit))
    return [FoundArticle(**row._mapping) for row in rows]


def _query(filters: ArticleFilter) -> Select[Any]:
    score = literal(0).label("score")
    version = article_versions.c
    query_words = func.any_word_of((filters.words or "")[:MAX_WORDS_CHARS])
    if filters.words is not None:
        rank = func.ts_rank_cd(_WORDS, query_words, 1)
        score = func.round(rank * SCALE).cast(BigInteger).label("score")
    every = article_versions.alias("every_version").c
    newest = select(func.max(every.version)).where(every.article_id == articles.c.id)
    shown = func.coalesce(
        articles.c.published_version, newest.correlate(articles).scalar_subquery()
    )
    query = select(
        articles.c.id,
        articles.c.key,
        articles.c.language,
        version.audience,
        articles.c.state,
        version.title,
        func.left(version.body, EXCERPT_CHARS).label("excerpt"),
        articles.c.owner,
        version.version,
        version.published_at,
        articles.c.review_due_at,
        score,
    ).join_from(
        articles,
        article_versions,
        and_(version.article_id == articles.c.id, version.version == shown),
    )
    if filters.words is not None:
        query = query.where(_WORDS.op("@@")(query_words))
    return query.where(*_conditions(filters))


def _conditions(filters: ArticleFilter) -> list[Any]:
    conditions = [
        column == value
        for column, value in (
            (articles.c.language, filters.language),
            (article_versions.c.audience, filters.audience),
            (articles.c.owner, filters.owner),
        )
        if value is not None
    ]
    if filters.review_due_by is not None:
        conditions.append(articles.c.review_due_at <= filters.review_due_by)
    if filters.state is not None:
        conditions.append(articles.c.state == filters.state)
    else:
        conditions.append(articles.c.state != "retired")
    return conditions
