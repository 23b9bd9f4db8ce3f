"""What hangs, a mail session or a locked case, delays its own message and no others."""

import asyncio
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import text

from common.domain.send_outcomes import Delivered, SendOutcome
from common.mail import sending
from common.persistence.database import Database
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.handlers import HANDLERS
from escalation.notifications import store as notifications
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import threshold_reached
from escalation_support.database_state import (
    expire_leases,
    leave_only_anna,
    notification_states,
    run_sql,
)
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox
from opsdesk_testing.protocol import deliver
from opsdesk_testing.waiting import until


class FirstHang:
    """A transport whose first sessions never end."""

    def __init__(self, hanging: int = 1) -> None:
        self.hanging = hanging
        self.started = 0
        self.sent: list[str] = []

    async def send(self, message: EmailMessage, envelope_sender: str | None = None) -> SendOutcome:
        self.started += 1
        if self.started <= self.hanging:
            await asyncio.Event().wait()
        self.sent.append(message["To"])
        return Delivered()


async def test_one_session_that_hangs_delays_nobody_else(
    database: Database, settings: EscalationSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two concurrent sends one hangs: all other messages go out through the second."""
    monkeypatch.setattr(Notifier, "max_concurrent", 2)
    for number in range(3):
        late = threshold_reached(clock_id=UUID(int=number + 1), ticket_id=UUID(int=number + 101))
        await deliver(database, HANDLERS, (late, 1))
    transport = FirstHang()

    async def all_but_one() -> bool:
        return len(transport.sent) == 5

    loop = asyncio.create_task(Notifier(database, transport, settings, ESCALATION_ACCESS).run())
    try:
        await until(all_but_one)
    finally:
        loop.cancel()


async def test_more_hanging_sessions_than_ever_before_delay_no_other_page(
    database: Database, settings: EscalationSettings
) -> None:
    """Twenty sessions of a mail server hang, each for 15 s: the next page goes out at once."""
    for number in range(12):
        late = threshold_reached(clock_id=UUID(int=number + 1), ticket_id=UUID(int=number + 101))
        await deliver(database, HANDLERS, (late, 1))
    transport = FirstHang(hanging=20)
    loop = asyncio.create_task(Notifier(database, transport, settings, ESCALATION_ACCESS).run())
    try:
        await until(lambda: len(transport.sent) == 4, seconds=5)
    finally:
        loop.cancel()


async def test_a_new_page_does_not_line_up_behind_those_that_are_tried_again(
    database: Database,
) -> None:
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await run_sql(database, "UPDATE notifications SET attempts = 3")
    newer = threshold_reached(clock_id=UUID(int=1), ticket_id=UUID(int=101))
    await deliver(database, HANDLERS, (newer, 1))
    async with database.transaction() as tx:
        leased = await notifications.lease(tx, sending.LEASE_DURATION, 3)
    assert [one.notification.attempts for one in leased].count(1) == 2


async def test_a_message_whose_case_is_locked_is_stored_as_sent_later_and_not_sent_again(
    database: Database, settings: EscalationSettings, mailbox: Mailbox, notifier: Notifier
) -> None:
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    async with database.transaction() as other:
        await other.execute(text("SELECT 1 FROM escalations FOR UPDATE"))
        storing = asyncio.create_task(notifier.send_ready())
        await until(lambda: len(mailbox.messages) == 1)
        await asyncio.wait([storing], timeout=2 * sending.OUTCOME_LOCK_TIMEOUT_S)
        assert not storing.done()
    assert await storing == 1
    assert await notification_states(database) == [("anna", "email", "sent")]
    await expire_leases(database)
    assert await notifier.send_ready() == 0


async def test_what_was_sent_is_not_sent_again_while_its_case_is_locked_for_longer_than_a_lease(
    database: Database, settings: EscalationSettings, mailbox: Mailbox, notifier: Notifier
) -> None:
    """By no other replica, as the lease is renewed, and not by this one."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    other_replica = Notifier(database, notifier.transport, settings, ESCALATION_ACCESS)

    async def is_held() -> bool:
        held = "SELECT 1 FROM notifications WHERE next_try_at > statement_timestamp()"
        return bool(await run_sql(database, held))

    async with database.transaction() as other:
        await other.execute(text("SELECT 1 FROM escalations FOR UPDATE"))
        storing = asyncio.create_task(notifier.send_ready())
        await until(lambda: len(mailbox.messages) == 1)
        await expire_leases(database)
        await until(is_held)
        assert await other_replica.send_ready() == 0
        await expire_leases(database)
        await notifier.send_ready()
    await storing
    assert len(mailbox.messages) == 1
    assert await notification_states(database) == [("anna", "email", "sent")]


async def test_what_is_on_its_way_when_the_service_stops_is_stored_as_sent(
    database: Database, settings: EscalationSettings
) -> None:
    """Else each restart would page somebody twice."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    is_on_its_way = asyncio.Event()

    async def take_a_moment() -> None:
        is_on_its_way.set()
        await asyncio.sleep(0.3)

    transport = InMemoryTransport(meanwhile=take_a_moment)
    loop = asyncio.create_task(Notifier(database, transport, settings, ESCALATION_ACCESS).run())
    await is_on_its_way.wait()
    loop.cancel()
    await asyncio.wait([loop])
    assert await notification_states(database) == [("anna", "email", "sent")]
