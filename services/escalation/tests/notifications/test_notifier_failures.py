"""Sending where a server refuses, is away, or an address is not valid: somebody is notified (E19)."""

from dataclasses import replace
from typing import get_args

from fastapi import FastAPI

from common.domain.send_outcomes import TemporaryFailure
from common.mail.sending import Result
from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from common.telemetry import metrics
from escalation.cases.notification_outcomes import ESCALATION_ACCESS
from escalation.handlers import HANDLERS
from escalation.notifications.domain.notification import MAX_TEMPORARY_FAILURES
from escalation.notifications.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation_support.builders import MINUTE, NIGHT, threshold_reached
from escalation_support.database_state import (
    expire_leases,
    leave_only_anna,
    notification_states,
    run_sql,
)
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox
from opsdesk_testing.protocol import deliver, freeze_time, outbox_events


async def test_a_rejected_address_is_followed_by_the_next_channel_and_the_fallback(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19: permanent errors end it and go on; the fallback contact is notified when nobody else can be."""
    await leave_only_anna(database)
    await run_sql(
        database, "UPDATE people SET email = 'duty@meridian.example' WHERE sub = 'fallback'"
    )
    phone = {"channels": [{"kind": "sms", "address": "316@sms.example"}]}
    rules = {"rules": [{"channel": "email"}]}
    async with client(app) as anna:
        path = "/v1/people/anna/notification-settings"
        assert (await anna.put(path, json=phone | rules)).status_code == 200
    mailbox.refused = {
        "anna@meridian.example": "550 5.1.1 no such user",
        "316@sms.example": "550 gone",
    }
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    while await notifier.send_ready():
        pass
    assert await notification_states(database) == [
        ("anna", "email", "failed"),
        ("anna", "sms", "failed"),
        ("fallback", "email", "sent"),
    ]
    assert mailbox.sent_to() == ["duty"]
    failed = [e.body for e in await outbox_events(database) if "notification_failed" in e.type]
    assert {(b["channel"], b["reason"]) for b in failed} == {
        ("email", "the mail server answered 550 5.1.1"),
        ("sms", "the mail server answered 550"),
    }


async def test_a_temporary_error_is_tried_again_with_the_same_id(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19."""
    await leave_only_anna(database)
    mailbox.answers = ["451 4.3.0 later", "451 4.3.0 later"]
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    for _ in range(3):
        await notifier.send_ready()
        await expire_leases(database)
    assert await notification_states(database) == [("anna", "email", "sent")]
    assert await run_sql(database, "SELECT attempts FROM notifications") == [(3,)]


async def test_a_mail_server_that_is_gone_is_seen_by_its_oldest_page(
    database: Database, settings: EscalationSettings, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19: a refused connection is no failed page, and so it must be counted and its age be told."""
    away = settings.model_copy(update={"smtp_server": "127.0.0.1:9"})
    dead = Notifier(database, SmtpTransport(away), away, ESCALATION_ACCESS)
    counted = {one: metrics.NOTIFICATIONS.labels("email", one)._value for one in get_args(Result)}
    before = {name: value.get() for name, value in counted.items()}
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await freeze_time(database, NIGHT + 3 * MINUTE)
    assert await dead.send_ready() == 1
    await expire_leases(database)
    assert await dead.send_ready() == 1
    await dead.measure()
    assert {name: value.get() - before[name] for name, value in counted.items()} == {
        "sent": 0,
        "failed": 0,
        "dropped": 0,
        "retried": 2,
    }
    assert metrics.OLDEST_PAGE_SECONDS._value.get() == 180
    await expire_leases(database)
    assert await notifier.send_ready() == 1
    await notifier.measure()
    assert metrics.OLDEST_PAGE_SECONDS._value.get() == 0
    assert mailbox.sent_to() == ["anna"]


async def test_a_notice_that_waits_wakes_nobody(
    database: Database, settings: EscalationSettings
) -> None:
    """Only who is to be woken and is not is worth a page."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    await run_sql(database, "UPDATE notifications SET purpose = 'duty'")
    await freeze_time(database, NIGHT + 3 * MINUTE)
    dead = Notifier(
        database, InMemoryTransport(TemporaryFailure("away")), settings, ESCALATION_ACCESS
    )
    await dead.send_ready()
    await dead.measure()
    assert metrics.OLDEST_PAGE_SECONDS._value.get() == 0


async def test_when_the_server_stays_away_another_way_is_tried_as_well(
    database: Database, settings: EscalationSettings
) -> None:
    """E19: and the first is never given up."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    notifier = Notifier(
        database, InMemoryTransport(TemporaryFailure("away")), settings, ESCALATION_ACCESS
    )
    for _ in range(8):
        await notifier.send_ready()
        await expire_leases(database)
    assert await notification_states(database) == [
        ("anna", "email", "ready"),
        ("fallback", "email", "ready"),
    ]


async def test_a_last_attempt_that_a_crash_ends_is_followed_by_another_way_all_the_same(
    database: Database, settings: EscalationSettings
) -> None:
    """E19: the sixth attempt is counted when it begins; killed in it, the seventh goes on."""
    await leave_only_anna(database)
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    transport = InMemoryTransport(TemporaryFailure("away"))

    async def crash(*_: object) -> None:
        raise SystemError("the process is gone")

    dying = replace(ESCALATION_ACCESS, record_outcome=crash)
    for attempt in range(1, MAX_TEMPORARY_FAILURES + 2):
        access = dying if attempt == MAX_TEMPORARY_FAILURES else ESCALATION_ACCESS
        assert await Notifier(database, transport, settings, access).send_ready() == 1
        await expire_leases(database)
    assert await notification_states(database) == [
        ("anna", "email", "ready"),
        ("fallback", "email", "ready"),
    ]


async def test_an_invalid_address_counts_as_rejected(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19: no mail with somebody else's headers, and the page still reaches somebody."""
    await leave_only_anna(database)
    await run_sql(
        database, "UPDATE people SET email = E'a@x.example\\nBcc: b@x.example' WHERE sub = 'anna'"
    )
    await deliver(database, HANDLERS, (threshold_reached(), 1))
    while await notifier.send_ready():
        pass
    assert mailbox.sent_to() == ["on-duty"]
