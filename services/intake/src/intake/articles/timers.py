"""Time in: the review of an article is due."""

from collections.abc import Sequence
from datetime import datetime

from common.messaging.outbox import publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from intake.articles.commands import REVIEW_KIND
from intake.articles.domain.article import REMINDER
from intake.articles.events import review_due_event
from intake.articles.store import article_rows as articles


async def on_reviews_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Announce that the owner's review is due, and again in a week unless somebody reviews it."""
    for article in await articles.by_ids(tx, [deadline.subject for deadline in due]):
        if article.state != "published" or article.published_version is None:
            continue
        assert article.review_due_at is not None, "a constraint of the table"
        version = await articles.find_version(tx, article.id, article.published_version)
        assert version is not None, "published_version names one"
        stored = await articles.save(tx, article)
        await publish(tx, review_due_event(stored, version, article.review_due_at, at))
        await schedule(tx, [Deadline(REVIEW_KIND, article.id, at + REMINDER)])
