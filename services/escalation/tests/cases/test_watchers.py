"""Our own people who watch a ticket hear of what happens on it, and nobody is paged for it."""

from common.events.watchers import TicketWatchersNotified
from common.persistence.database import Database
from escalation.handlers import HANDLERS
from escalation.notifications.notifier import Notifier
from escalation_support.builders import ticket_event
from escalation_support.database_state import run_sql
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import deliver


async def test_each_watcher_gets_one_message_and_the_case_is_over_at_once(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    event = ticket_event(
        TicketWatchersNotified,
        people=["anna", "sven", "nobody"],
        changes=["customer_replied", "reopened"],
    )
    await deliver(database, HANDLERS, (event, 1))
    await notifier.send_ready()
    assert sorted(mailbox.sent_to()) == ["anna", "sven"], "of whom escalation knows"
    assert "which you watch: the customer wrote and it is open again" in str(
        mailbox.messages[0]["Subject"]
    )
    found = await run_sql(database, "SELECT status, severity, trigger FROM escalations")
    assert found == [("resolved", "trivial", "ticket_watched")]


async def test_what_happens_next_is_another_message(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    for sequence, change in ((1, "replied"), (2, "resolved"), (2, "resolved")):
        event = ticket_event(TicketWatchersNotified, people=["anna"], changes=[change])
        await deliver(database, HANDLERS, (event, sequence))
    await notifier.send_ready()
    assert mailbox.sent_to() == ["anna", "anna"]


async def test_a_ticket_watched_by_people_who_have_left_makes_no_case(database: Database) -> None:
    event = ticket_event(TicketWatchersNotified, people=["nobody"], changes=["closed"])
    await deliver(database, HANDLERS, (event, 1))
    assert await run_sql(database, "SELECT count(*) FROM escalations") == [(0,)]
