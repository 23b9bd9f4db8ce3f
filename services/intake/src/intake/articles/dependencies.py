"""What the routes of articles share: find an article for its reader, and show it."""

from typing import Annotated, TypeAlias

from fastapi import Path

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import IdOrKey
from common.persistence.database import Connection
from intake.articles.domain.article import Article
from intake.articles.schemas import AnyArticle, ArticleForContact, ArticleRead
from intake.articles.store import article_feedback
from intake.articles.store import article_rows as articles

ArticleReference: TypeAlias = Annotated[
    IdOrKey, Path(alias="article", description="The article's id or key.")
]
ArticleReader = Annotated[Caller, requires("articles:read")]
ArticleWriter = Annotated[Caller, requires("articles:write")]
ArticlePublisher = Annotated[Caller, requires("articles:publish")]


def is_visible(caller: Caller, article: Article) -> bool:
    """Whether this caller may know of the article: contacts of what was published for customers."""
    if caller.customer is None:
        return True
    return article.state == "published" and article.audience == "customer"


async def get_visible_article(tx: Connection, caller: Caller, ref: str) -> Article:
    """The article, if it exists for this caller. Raises NotFound."""
    article = await articles.find(tx, ref)
    if article is None or not is_visible(caller, article):
        raise NotFound(f"Article {ref}")
    return article


async def lock_article(tx: Connection, ref: str) -> Article:
    """The article, locked. Raises NotFound."""
    article = await articles.lock(tx, ref)
    if article is None:
        raise NotFound(f"Article {ref}")
    return article


async def read_article(
    tx: Connection, caller: Caller, article: Article, number: int | None = None
) -> AnyArticle:
    """The article as this caller may read it, in the published version, or in the one asked for."""
    newest = await articles.newest_version(tx, article.id)
    wanted = article.published_version or newest
    if caller.customer is None and number is not None:
        wanted = number
    version = await articles.find_version(tx, article.id, wanted)
    if version is None:
        raise NotFound(f"Version {wanted} of {article.key}")
    values = {
        "id": article.id,
        "key": article.key,
        "language": article.language,
        "title": version.title,
        "body": version.body,
        "version": version.version,
        "published_at": version.published_at,
    }
    if caller.customer is not None:
        return ArticleForContact.model_validate(values)
    helped, not_helped = await article_feedback.count(tx, article.id, version.version)
    more = {
        "audience": version.audience,
        "written_by": version.written_by,
        "written_at": version.written_at,
        "published_by": version.published_by,
        "newest_version": newest,
        "helpful": helped,
        "not_helpful": not_helped,
    }
    names = ("state", "owner", "review_days", "review_due_at", "published_version", "ticket_id")
    own = {name: getattr(article, name) for name in (*names, "sequence")}
    return ArticleRead.model_validate(values | more | own)
