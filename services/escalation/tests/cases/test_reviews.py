"""S1: the audience of a review is informed, with a link; nobody is paged for a report."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from common.events.reviews import ReviewActionAgreed, ReviewActionDue, ReviewPublished, ReviewReady
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.timers import TIMERS
from escalation_support.builders import NIGHT
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events

HOUR = timedelta(hours=1)


def payload(**own: Any) -> dict[str, Any]:
    common: dict[str, Any] = {
        "at": NIGHT,
        "review_id": UUID(int=7),
        "review": "acme-2026-06",
        "customer_id": UUID(int=0xAC),
        "customer": "acme",
        "month": "2026-06",
        "people": [],
        "roles": ["dm"],
    }
    return common | own


def published(**own: Any) -> ReviewPublished:
    more = {"edition": 1, "published_by": "theo", "contacts": [UUID(int=12)]}
    return ReviewPublished(**payload(**more | own))


async def cases(database: Database) -> list[tuple[str, str]]:
    return [
        (event.type.split(".")[2], event.body["trigger"])
        for event in await outbox_events(database)
        if event.topic == "opsdesk.escalations"
        and event.type.split(".")[2] in ("opened", "resolved")
    ]


async def test_the_delivery_manager_hears_of_it_where_nobody_was_named(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await deliver(database, HANDLERS, (ReviewReady(**payload(), generated_by="opsdesk"), 1))
    for hours in (0, 1, 24):
        await freeze_time(database, NIGHT + hours * HOUR)
        await fire_due(database, TIMERS)
        await notifier.send_ready()
    assert mailbox.sent_to() == ["dana"]
    (mail,) = mailbox.messages
    subject = "For your information: The review acme-2026-06 is ready and waits to be published"
    assert str(mail["Subject"]).endswith(subject)
    link = "Look: http://127.0.0.1:8002/v1/reviews/acme-2026-06?format=html"
    assert link in mail.get_content()
    assert await cases(database) == [("opened", "review_ready")]
    await deliver(database, HANDLERS, (published(published_by="dana"), 2))
    assert await cases(database) == [("opened", "review_ready"), ("resolved", "review_ready")]


async def test_who_was_named_hears_that_it_is_published_and_whoever_did_it_knows(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    named = published(people=["pavel", "theo", "nobody"], roles=[])
    await deliver(database, HANDLERS, (named, 1))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["pavel"]
    again = published(people=["pavel"], roles=[], edition=2)
    await deliver(database, HANDLERS, (again, 2))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["pavel", "pavel"]
    assert "published, edition 2" in str(mailbox.messages[1]["Subject"])
    both = [("opened", "review_published"), ("resolved", "review_published")]
    assert await cases(database) == both + both


async def test_an_action_is_told_to_its_owner_and_to_all_when_its_day_is_over(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    owed: dict[str, Any] = {"action": "RA-7", "owner": "anna", "due_at": NIGHT + 24 * HOUR}
    await deliver(database, HANDLERS, (ReviewActionAgreed(**payload(), **owed), 1))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["anna"]
    due = ReviewActionDue(**payload(), **owed, fired_at=NIGHT + 24 * HOUR)
    await deliver(database, HANDLERS, (due, 2))
    await notifier.send_ready()
    assert sorted(mailbox.sent_to()) == ["anna", "anna", "dana"]
    assert str(mailbox.messages[-1]["Subject"]).endswith("RA-7 of the review acme-2026-06 is due")
