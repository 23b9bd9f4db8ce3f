"""Articles and their versions, one by one."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from intake.articles.domain.article import Article, ArticleVersion
from intake.articles.tables import article_versions, articles


async def find(tx: Connection, ref: str) -> Article | None:
    """The article with this id or key; None without one."""
    row = (await tx.execute(select(articles).where(by_id_or_key(articles, ref)))).one_or_none()
    return None if row is None else _article(row)


async def lock(tx: Connection, ref: str) -> Article | None:
    """The article with this id or key, locked until the transaction ends; None without one."""
    query = select(articles).where(by_id_or_key(articles, ref)).with_for_update()
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _article(row)


async def lock_available(tx: Connection, ids: Collection[UUID]) -> set[UUID]:
    """Lock those of these articles that nobody else holds."""
    return await lock_rows(tx, articles.c.id, ids)


async def by_ids(tx: Connection, ids: Collection[UUID]) -> list[Article]:
    """The articles with these ids, in the order of ids."""
    query = select(articles).where(articles.c.id.in_(ids)).order_by(articles.c.id)
    return [_article(row) for row in await tx.execute(query)]


async def find_of_ticket(tx: Connection, ticket: UUID) -> Article | None:
    """The article that was drafted from this ticket and is not retired; None without one."""
    query = select(articles).where(articles.c.ticket_id == ticket, articles.c.state != "retired")
    row = (await tx.execute(query.order_by(articles.c.id).limit(1))).one_or_none()
    return None if row is None else _article(row)


async def add(tx: Connection, article: Article) -> None:
    """Store a new article."""
    await tx.execute(insert(articles).values(asdict(article)))


async def save(tx: Connection, article: Article) -> Article:
    """Store the change of a locked article, and return it with its next sequence."""
    stored = replace(article, sequence=article.sequence + 1)
    statement = update(articles).where(articles.c.id == stored.id)
    await tx.execute(statement.values(asdict(stored)))
    return stored


async def add_version(tx: Connection, version: ArticleVersion) -> None:
    """Store a version."""
    await tx.execute(insert(article_versions).values(asdict(version)))


async def save_publication(tx: Connection, version: ArticleVersion) -> None:
    """Store who published a version, and when; nothing else of it ever changes."""
    one = (article_versions.c.article_id == version.article_id) & (
        article_versions.c.version == version.version
    )
    values = {"published_by": version.published_by, "published_at": version.published_at}
    await tx.execute(update(article_versions).where(one).values(values))


async def find_version(tx: Connection, article: UUID, version: int) -> ArticleVersion | None:
    """One version of an article; None without one."""
    query = select(*_VERSION).where(
        article_versions.c.article_id == article, article_versions.c.version == version
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else ArticleVersion(**row._mapping)


async def newest_version(tx: Connection, article: UUID) -> int:
    """The number of the newest version of an article. Of a contact's view: of the published one."""
    query = select(func.max(article_versions.c.version))
    newest = await tx.scalar(query.where(article_versions.c.article_id == article))
    assert newest is not None, "an article has a version from the beginning"
    return int(newest)


async def page_of_versions(
    tx: Connection, article: UUID, after: tuple[int] | None, limit: int
) -> Sequence[ArticleVersion]:
    """Versions of an article, the newest first: `limit` and one more."""
    query = select(*_VERSION).where(article_versions.c.article_id == article)
    rows = await tx.execute(page_after(query, [article_versions.c.version.desc()], after, limit))
    return [ArticleVersion(**row._mapping) for row in rows]


_VERSION = tuple(article_versions.c[name] for name in ArticleVersion.__slots__)


def _article(row: Row[Any]) -> Article:
    return Article(**row._mapping)
