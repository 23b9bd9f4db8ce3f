"""Sending: on a real database and a real SMTP server."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from fastapi import FastAPI

from common.events.clocks import ClockBreached, ClockBreachWithdrawn
from common.http import runtime_of
from common.persistence.database import Database
from common.telemetry import metrics
from escalation.app import SERVICE, run_notifier
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.handlers import HANDLERS
from escalation.notifications import store as notifications
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation.timers import TIMERS
from escalation_support.builders import MINUTE, NIGHT, clock_event, threshold_reached
from escalation_support.database_state import (
    expire_leases,
    leave_only_anna,
    notification_states,
    run_sql,
)
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox
from opsdesk_testing.protocol import deliver, fire_due, freeze_time, outbox_events
from opsdesk_testing.waiting import until


async def test_the_page_arrives_and_is_announced(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """J1: a real message by SMTP, an event, and a figure for the dashboard."""
    counted = metrics.NOTIFICATIONS.labels("email", "sent")._value
    before = counted.get()
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    assert await notifier.send_ready() == 2
    assert sorted(mailbox.sent_to()) == ["anna", "omar"]
    mail = mailbox.messages[0]
    assert mail["Subject"] == "[ESC-1] OPS-1042: time for resolution is 75% used up"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_content()
    assert "Breaks: Sun 01 Mar 2026 05:00 CET (Sun 01 Mar 2026 04:00 UTC)" in body
    assert "opsdesk escalations acknowledge ESC-1" in body
    assert "https://opsdesk.example/v1/escalations/ESC-1" in body
    assert "invoices" not in body
    notified = [
        e for e in await outbox_events(database) if e.type == "opsdesk.escalation.notified.v1"
    ]
    assert {e.body["person"] for e in notified} == {"anna", "omar"}
    assert sorted({e.sequence for e in notified}) == [3, 4]
    assert await notifier.send_ready() == 0
    assert counted.get() == before + 2


async def test_a_crash_between_send_and_mark_sends_the_same_message_again(
    database: Database, notifier: Notifier, settings: EscalationSettings, mailbox: Mailbox
) -> None:
    """E19: a duplicate annoys, a lost page breaks the promise."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))

    async def crash(*_: object) -> None:
        raise SystemError("the process is gone")

    crashing = replace(ESCALATION_ACCESS, record_outcome=crash)
    await Notifier(database, notifier.transport, settings, crashing).send_ready()
    assert await notifier.send_ready() == 0, "the lease still holds"
    await expire_leases(database)
    assert await notifier.send_ready() == 1
    first, second = (mail["Message-ID"] for mail in mailbox.messages)
    assert first == second
    assert first.startswith("<opsdesk.")
    assert first.endswith("@meridian.example>")
    assert mailbox.messages[0].as_bytes() == mailbox.messages[1].as_bytes()
    assert await notification_states(database) == [("anna", "email", "sent")]


async def test_just_before_the_send_it_is_checked_that_nobody_has_acknowledged(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E5: acknowledged after the lease was taken, nothing goes out."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    async with database.transaction() as tx:
        leased = await notifications.lease(tx, timedelta(minutes=1), 9)
    async with client(app) as anna:
        assert (await anna.post("/v1/escalations/ESC-1/acknowledge")).status_code == 200
    for notification in leased:
        await notifier._deliver(notification)
    assert mailbox.messages == []
    assert {state for *_, state in await notification_states(database)} == {"cancelled"}


async def test_a_page_that_left_while_it_was_acknowledged_counts_as_sent(
    database: Database, app: FastAPI, settings: EscalationSettings
) -> None:
    """What reached a person stands in the timeline, whatever happened meanwhile."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))

    async def acknowledge_meanwhile() -> None:
        async with client(app) as anna:
            await anna.post("/v1/escalations/ESC-1/acknowledge")

    transport = InMemoryTransport(meanwhile=acknowledge_meanwhile)
    await Notifier(database, transport, settings, ESCALATION_ACCESS).send_ready()
    assert await notification_states(database) == [("anna", "email", "sent")]
    kinds = await run_sql(database, "SELECT kind FROM timeline ORDER BY sequence")
    assert kinds[-2:] == [("acknowledged",), ("notified",)]


async def test_a_personal_delay_runs_on_the_services_own_clock(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E13: the second message five minutes after the step; E5: unless taken before."""
    await leave_only_anna(database)
    rules = {"rules": [{}, {"delay_seconds": 300}, {"delay_seconds": 600}]}
    async with client(app) as anna:
        await anna.put("/v1/people/anna/notification-settings", json=rules)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await notifier.send_ready()
    assert len(mailbox.messages) == 1
    await freeze_time(database, NIGHT + 5 * MINUTE)
    await fire_due(database, TIMERS)
    await notifier.send_ready()
    assert len(mailbox.messages) == 2
    async with client(app) as anna:
        await anna.post("/v1/escalations/ESC-1/acknowledge")
    await freeze_time(database, NIGHT + 10 * MINUTE)
    await fire_due(database, TIMERS)
    await notifier.send_ready()
    assert len(mailbox.messages) == 2


async def test_an_all_clear_goes_out_after_the_case_has_ended(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await leave_only_anna(database)
    breach = clock_event(ClockBreached, due_at=NIGHT, fired_at=NIGHT, reason="time is up")
    await deliver(database, HANDLERS, (breach, 1))
    await notifier.send_ready()
    await deliver(database, HANDLERS, (clock_event(ClockBreachWithdrawn, stopped_at=NIGHT), 2))
    await notifier.send_ready()
    assert mailbox.messages[-1]["Subject"].startswith("[ESC-1] All clear: OPS-1042")
    assert "OPS-1042 was in time after all" in mailbox.messages[-1].get_content()


async def test_two_replicas_lease_each_page_once(database: Database) -> None:
    """While one replica takes its pages, another neither waits for it nor takes the same."""
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    minute = timedelta(minutes=1)
    async with database.transaction() as one, asyncio.timeout(10):
        first = await notifications.lease(one, minute, 1)
        async with database.transaction() as other:
            second = await notifications.lease(other, minute, 9)
    people = [leased.notification.person for leased in (*first, *second)]
    assert sorted(people) == ["anna", "omar"]


async def test_the_loop_of_the_service_sends_as_soon_as_something_is_written(
    app: FastAPI, database: Database, settings: EscalationSettings, mailbox: Mailbox
) -> None:
    """And gives the fallback contact its address; nothing is on its way once all is sent."""
    runtime = replace(runtime_of(app), settings=settings)
    pending = SERVICE.pending
    assert pending is not None

    async def all_sent() -> bool:
        return {state for *_, state in await notification_states(database)} == {"sent"}

    loop = asyncio.create_task(run_notifier(runtime))
    try:
        await deliver(database, HANDLERS, (threshold_reached(), 1))
        await until(all_sent)
        async with database.transaction() as tx:
            assert await pending(tx) == 0
    finally:
        loop.cancel()
    assert sorted(mailbox.sent_to()) == ["anna", "omar"]
    assert await run_sql(database, "SELECT email FROM people WHERE sub = 'fallback'") == [
        ("duty@meridian.example",)
    ]
