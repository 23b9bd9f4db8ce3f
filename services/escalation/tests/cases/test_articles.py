"""Whoever keeps an article right is reminded of its review; nobody is paged for it."""

from typing import Any
from uuid import UUID

from common.events.articles import ArticleReviewDue
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation_support.builders import NIGHT
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, outbox_events


def review_due(**own: Any) -> ArticleReviewDue:
    values: dict[str, Any] = {
        "at": NIGHT,
        "article_id": UUID(int=7),
        "article": "KB-7",
        "title": "Invoices wait",
        "owner": "pavel",
        "audience": "internal",
        "language": "en",
        "due_at": NIGHT,
    }
    return ArticleReviewDue(**values | own)


async def test_the_owner_is_reminded_by_mail_and_the_case_is_over(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (review_due(), 1))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["pavel"]
    subject = str(mailbox.messages[0]["Subject"])
    assert "Say whether the article KB-7 is still right: Invoices wait" in subject
    steps = [
        one.type.split(".")[2]
        for one in await outbox_events(database)
        if one.topic == "opsdesk.escalations"
    ]
    assert steps.count("opened") == steps.count("resolved") == 1


async def test_where_the_owner_has_left_the_manager_hears_of_it(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (review_due(owner="nobody"), 1))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["theo"]
