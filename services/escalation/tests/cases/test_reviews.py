"""S1: the audience of a review is informed, with a link; nobody is paged for a report."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from common.events.reviews import (
    ReviewActionAgreed,
    ReviewActionDue,
    ReviewActionVerified,
    ReviewPublished,
    ReviewReady,
)
from common.persistence.database import Database
from escalation.directory.tables import customers
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation.timers import TIMERS
from escalation_support.builders import NIGHT
from escalation_support.case_events import opened_and_resolved
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time

HOUR = timedelta(hours=1)
ACME = UUID(int=0xAC)
TITLES = {"RA-7": "Watch the queue", "RA-8": "Name an owner"}


@pytest.fixture(autouse=True)
async def acme(database: Database) -> None:
    """Acme, by name."""
    row = {"id": ACME, "key": "acme", "name": "Acme Logistics"}
    async with database.transaction() as tx:
        await tx.execute(
            insert(customers).values(**row, timezone="Europe/Amsterdam", retired=False)
        )


def payload(**own: Any) -> dict[str, Any]:
    common: dict[str, Any] = {
        "at": NIGHT,
        "review_id": UUID(int=7),
        "review": "acme-2026-06",
        "customer_id": ACME,
        "customer": "acme",
        "month": "2026-06",
        "people": [],
        "roles": ["dm"],
    }
    return common | own


def published(**own: Any) -> ReviewPublished:
    more = {"edition": 1, "published_by": "theo", "contacts": [UUID(int=12)]}
    return ReviewPublished(**payload(**more | own))


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
    review = "The review of June 2026 for Acme Logistics (acme-2026-06)"
    subject = f"For your information: {review} is ready and waits to be published"
    assert str(mail["Subject"]).endswith(subject)
    link = "Look: http://127.0.0.1:8002/v1/reviews/acme-2026-06?format=html"
    assert link in mail.get_content()
    assert await opened_and_resolved(database) == [("opened", "review_ready")]
    await deliver(database, HANDLERS, (published(published_by="dana"), 2))
    assert await opened_and_resolved(database) == [
        ("opened", "review_ready"),
        ("resolved", "review_ready"),
    ]


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
    assert await opened_and_resolved(database) == both + both


def owed(action: str = "RA-7") -> dict[str, Any]:
    title, day = TITLES[action], date(2026, 3, 2)
    return payload(action=action, owner="anna", due_at=NIGHT + 24 * HOUR, title=title, due=day)


def due(days: int, action: str = "RA-7") -> ReviewActionDue:
    return ReviewActionDue(**owed(action), fired_at=NIGHT + days * 24 * HOUR)


async def test_overdue_actions_remind_their_owner_in_one_digest_a_day_and_escalate_once(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E20, R14: two actions, three days: three digests, and each is told to the others once"""
    await deliver(database, HANDLERS, (ReviewActionAgreed(**owed()), 1))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["anna"]
    subject = str(mailbox.messages[0]["Subject"])
    assert 'Yours until Monday 2 March 2026: "Watch the queue" (RA-7), from the review' in subject
    for day in (1, 2, 3):
        await freeze_time(database, NIGHT + day * 24 * HOUR)
        events = (due(day), 2 * day), (due(day, "RA-8"), 2 * day + 1)
        await deliver(database, HANDLERS, *events)
        for hours in (1, 4):
            await freeze_time(database, NIGHT + day * 24 * HOUR + hours * HOUR)
            await fire_due(database, TIMERS)
            await notifier.send_ready()
    assert sorted(mailbox.sent_to()) == ["anna"] * 4 + ["dana"] * 2
    overdue = [str(one["Subject"]) for one in mailbox.messages if "Overdue since" in str(one)]
    words = (
        'Overdue since Monday 2 March 2026, with anna: "Watch the queue" (RA-7), from the review'
    )
    assert any(words in one for one in overdue)
    digest = mailbox.messages[-1]
    assert str(digest["Subject"]).endswith("Today: 2 things are overdue")
    of = "from the review of June 2026 for Acme Logistics"
    lines = [line for line in digest.get_content().splitlines() if line.startswith("- ")]
    assert lines == [
        f'- "Watch the queue" (RA-7), {of}, due until Monday 2 March 2026',
        f'- "Name an owner" (RA-8), {of}, due until Monday 2 March 2026',
    ]
    opened_once = [
        case for case in await opened_and_resolved(database) if case[1] == "review_action_overdue"
    ]
    assert opened_once == [("opened", "review_action_overdue")] * 2


async def test_whoever_has_finished_it_is_not_reminded(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """R14: another person has to look at the evidence; the others know once"""
    finished = due(1).model_copy(update={"finished": True})
    await deliver(database, HANDLERS, (finished, 1))
    await freeze_time(database, NIGHT + 48 * HOUR)
    await fire_due(database, TIMERS)
    await notifier.send_ready()
    assert mailbox.sent_to() == ["dana"]


async def test_whoever_is_done_before_the_digest_is_not_reminded(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await freeze_time(database, NIGHT + 24 * HOUR)
    verified = ReviewActionVerified(
        **payload(action="RA-7", owner="anna", verified_by="theo", at=NIGHT + 24 * HOUR)
    )
    await deliver(database, HANDLERS, (due(1), 1), (verified, 2))
    await freeze_time(database, NIGHT + 48 * HOUR)
    await fire_due(database, TIMERS)
    await notifier.send_ready()
    assert mailbox.sent_to() == ["dana"]
    assert ("resolved", "review_action_overdue") in await opened_and_resolved(database)


async def test_an_event_from_before_actions_had_titles_is_told_by_its_key(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    older = payload(action="RA-7", owner="anna", due_at=NIGHT + 24 * HOUR)
    await deliver(database, HANDLERS, (ReviewActionAgreed(**older), 1))
    await notifier.send_ready()
    subject = str(mailbox.messages[0]["Subject"])
    assert ": RA-7, from the review of June 2026 for Acme Logistics" in subject
