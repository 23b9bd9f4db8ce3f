"""An article of the knowledge base and its versions. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from common.domain import Rejection

ArticleAudience = Literal["internal", "customer"]
ArticleState = Literal["draft", "published", "retired"]
DEFAULT_REVIEW_DAYS: Final = 180
REMINDER: Final = timedelta(days=7)
"""How long after a reminder the next one follows, while nobody has reviewed the article."""


@dataclass(frozen=True, slots=True)
class Article:
    """What stays the same over versions. `audience` is that of the published version.

    `owner` is a `sub`: who is reminded when the review is due, `review_days` after the last one.
    """

    id: UUID
    key: str
    language: str
    owner: str
    review_days: int
    state: ArticleState
    created_by: str
    created_at: datetime
    audience: ArticleAudience | None = None
    published_version: int | None = None
    review_due_at: datetime | None = None
    ticket_id: UUID | None = None
    sequence: int = 1


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """What an article says; it never changes. Whoever wrote it does not publish it."""

    article_id: UUID
    version: int
    language: str
    audience: ArticleAudience
    title: str
    body: str
    written_by: str
    written_at: datetime
    published_by: str | None = None
    published_at: datetime | None = None


def publish(
    article: Article, version: ArticleVersion, actor: str, at: datetime
) -> tuple[Article, ArticleVersion] | Rejection:
    """The article with this version published, or why not. `actor` counts against its writer (R1)."""
    if article.state == "retired":
        return Rejection("RETIRED", f"{article.key} is retired: write a new article.")
    if version.published_by is not None:
        return Rejection(
            "PUBLISHED", f"Version {version.version} of {article.key} was published already."
        )
    if actor == version.written_by:
        return Rejection("FOUR_EYES", f"{actor} wrote it; another person must publish it.")
    changed = replace(
        article, state="published", audience=version.audience, published_version=version.version
    )
    published = replace(version, published_by=actor, published_at=at)
    return with_review(changed, at), published


def confirm_review(article: Article, at: datetime) -> Article | Rejection:
    """The article, still right as it is: its next review is due `review_days` from now."""
    if article.state != "published":
        return Rejection("NOT_PUBLISHED", f"{article.key} is {article.state}: nothing to review.")
    return with_review(article, at)


def with_review(article: Article, at: datetime) -> Article:
    """The article with its next review."""
    return replace(article, review_due_at=at + timedelta(days=article.review_days))


def retire(article: Article) -> Article | Rejection:
    """The article, shown to nobody but staff any more."""
    if article.state == "retired":
        return Rejection("RETIRED", f"{article.key} is retired already.")
    return replace(article, state="retired", review_due_at=None)
