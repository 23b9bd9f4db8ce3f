"""From a change of an article to its event."""

from datetime import datetime
from typing import Any

from common.events.articles import ArticleEvent, ArticlePublished, ArticleReviewDue
from common.messaging.outbox import OutboxEvent
from intake.articles.domain.article import Article, ArticleVersion


def published_event(article: Article, version: ArticleVersion, at: datetime) -> OutboxEvent:
    """The event about a version that was published."""
    return _event(
        ArticlePublished,
        article,
        version,
        at,
        version=version.version,
        written_by=version.written_by,
        published_by=version.published_by,
    )


def review_due_event(
    article: Article, version: ArticleVersion, due_at: datetime, at: datetime
) -> OutboxEvent:
    """The event about a review that is due."""
    return _event(ArticleReviewDue, article, version, at, due_at=due_at)


def _event(
    kind: type[ArticleEvent], article: Article, words: ArticleVersion, at: datetime, **more: Any
) -> OutboxEvent:
    event = kind(
        at=at,
        article_id=article.id,
        article=article.key,
        title=words.title,
        owner=article.owner,
        audience=words.audience,
        language=article.language,
        **more,
    )
    return OutboxEvent(event, article.sequence)
