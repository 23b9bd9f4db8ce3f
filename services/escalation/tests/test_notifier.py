"""Sending: on a real database and a real SMTP server."""

import asyncio
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from common.database import Database
from common.events.clocks import ClockBreached, ClockBreachWithdrawn
from common.telemetry import metrics
from common.testing.client import client
from common.testing.protocol import fire, hear, stand_at, told
from common.testing.waiting import until
from escalation import notifier as sending
from escalation.handlers import HANDLERS
from escalation.notification import Unsure
from escalation.notifier import Notifier
from escalation.settings import EscalationSettings
from escalation.store import notifications
from escalation.testing import MINUTE, NIGHT, Mailbox, MemoryPost, clock, warned
from escalation.timers import TIMERS


async def run(database: Database, sql: str) -> list[tuple[object, ...]]:
    async with database.transaction() as tx:
        done = await tx.execute(text(sql))
        return [tuple(row) for row in done] if done.returns_rows else []


async def leases_end(database: Database) -> None:
    """The holder is gone, or the pause is over."""
    await run(database, "UPDATE notifications SET next_try_at = statement_timestamp()")


async def states(database: Database) -> list[tuple[object, ...]]:
    return await run(database, "SELECT person, channel, state FROM notifications ORDER BY 1, 2")


async def only_anna(database: Database) -> None:
    await run(database, "UPDATE people SET retired = true WHERE sub = 'omar'")


async def test_the_page_arrives_and_is_said(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """J1: a real message by SMTP, an event, and a figure for the dashboard."""
    counted = metrics.NOTIFICATIONS.labels("email", "sent")._value
    before = counted.get()
    await hear(database, HANDLERS, (warned(), 1))
    assert await notifier.send_ready() == 2
    assert sorted(mailbox.sent_to()) == ["anna", "omar"]
    letter = mailbox.letters[0]
    assert letter["Subject"] == "[ESC-1] OPS-1042: time for resolution is 75% used up"
    assert letter["Auto-Submitted"] == "auto-generated"
    body = letter.get_content()
    assert "Breaks: Sun 01 Mar 2026 05:00 Europe/Amsterdam (01 Mar 04:00 UTC)" in body
    assert "opsdesk escalations acknowledge ESC-1" in body
    assert "https://opsdesk.example/v1/escalations/ESC-1" in body
    assert "invoices" not in body
    said = [e for e in await told(database) if e.type == "opsdesk.escalation.notified.v1"]
    assert {e.body["person"] for e in said} == {"anna", "omar"}
    assert sorted({e.sequence for e in said}) == [3, 4]
    assert await notifier.send_ready() == 0
    assert counted.get() == before + 2


async def test_a_crash_between_send_and_mark_sends_the_same_message_again(
    database: Database, notifier: Notifier, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E19: a duplicate annoys, a lost page breaks the promise."""
    await only_anna(database)
    await hear(database, HANDLERS, (warned(), 1))

    async def crash(*_: object) -> None:
        raise SystemError("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(sending, "settle", crash)
        await notifier.send_ready()
    assert await notifier.send_ready() == 0, "the lease still holds"
    await leases_end(database)
    assert await notifier.send_ready() == 1
    first, second = (letter["Message-ID"] for letter in mailbox.letters)
    assert first == second
    assert first.startswith("<opsdesk.")
    assert first.endswith("@meridian.example>")
    assert mailbox.letters[0].as_bytes() == mailbox.letters[1].as_bytes()
    assert await states(database) == [("anna", "email", "sent")]


async def test_just_before_the_send_it_is_checked_that_nobody_has_acknowledged(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E5: acknowledged after the lease was taken, nothing goes out."""
    await hear(database, HANDLERS, (warned(), 1))
    async with database.transaction() as tx:
        leased = await notifications.lease(tx, timedelta(minutes=1), 9)
    async with client(app) as anna:
        assert (await anna.post("/v1/escalations/ESC-1/acknowledge")).status_code == 200
    for one in leased:
        await notifier._deliver(one)
    assert mailbox.letters == []
    assert {state for *_, state in await states(database)} == {"cancelled"}


async def test_a_page_that_left_while_it_was_acknowledged_counts_as_sent(
    database: Database, app: FastAPI, settings: EscalationSettings
) -> None:
    """What reached a person stands in the timeline, whatever happened meanwhile."""
    await only_anna(database)
    await hear(database, HANDLERS, (warned(), 1))

    async def acknowledge_meanwhile() -> None:
        async with client(app) as anna:
            await anna.post("/v1/escalations/ESC-1/acknowledge")

    post = MemoryPost(meanwhile=acknowledge_meanwhile)
    await Notifier(database, post, settings).send_ready()
    assert await states(database) == [("anna", "email", "sent")]
    kinds = await run(database, "SELECT kind FROM timeline ORDER BY sequence")
    assert kinds[-2:] == [("acknowledged",), ("notified",)]


async def test_a_rejected_address_is_followed_by_the_next_channel_and_the_fallback(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19: permanent errors end it and go on; the last resort hears when nobody else can."""
    await only_anna(database)
    await run(database, "UPDATE people SET email = 'duty@meridian.example' WHERE sub = 'house'")
    phone = {"channels": [{"kind": "sms", "address": "316@sms.example"}]}
    rules = {"rules": [{"channel": "email"}]}
    async with client(app) as anna:
        path = "/v1/people/anna/notification-settings"
        assert (await anna.put(path, json=phone | rules)).status_code == 200
    mailbox.refused = {
        "anna@meridian.example": "550 5.1.1 no such user",
        "316@sms.example": "550 gone",
    }
    await hear(database, HANDLERS, (warned(), 1))
    while await notifier.send_ready():
        pass
    assert await states(database) == [
        ("anna", "email", "failed"),
        ("anna", "sms", "failed"),
        ("house", "email", "sent"),
    ]
    assert mailbox.sent_to() == ["duty"]
    failed = [e.body for e in await told(database) if "notification_failed" in e.type]
    assert {(b["channel"], b["reason"]) for b in failed} == {
        ("email", "the mail server answered 550 5.1.1"),
        ("sms", "the mail server answered 550"),
    }


async def test_a_temporary_error_is_tried_again_with_the_same_id(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19."""
    await only_anna(database)
    mailbox.answers = ["451 4.3.0 later", "451 4.3.0 later"]
    await hear(database, HANDLERS, (warned(), 1))
    for _ in range(3):
        await notifier.send_ready()
        await leases_end(database)
    assert await states(database) == [("anna", "email", "sent")]
    assert await run(database, "SELECT attempts FROM notifications") == [(3,)]


async def test_when_the_server_stays_away_another_way_is_tried_as_well(
    database: Database, settings: EscalationSettings
) -> None:
    """E19: and the first is never given up."""
    await only_anna(database)
    await hear(database, HANDLERS, (warned(), 1))
    notifier = Notifier(database, MemoryPost(Unsure("away")), settings)
    for _ in range(8):
        await notifier.send_ready()
        await leases_end(database)
    assert await states(database) == [("anna", "email", "ready"), ("house", "email", "ready")]


async def test_a_personal_delay_runs_on_the_services_own_clock(
    database: Database, app: FastAPI, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E13: the second message five minutes after the step; E5: unless taken before."""
    await only_anna(database)
    rules = {"rules": [{}, {"delay_seconds": 300}, {"delay_seconds": 600}]}
    async with client(app) as anna:
        await anna.put("/v1/people/anna/notification-settings", json=rules)
    await hear(database, HANDLERS, (warned(), 1))
    await notifier.send_ready()
    assert len(mailbox.letters) == 1
    await stand_at(database, NIGHT + 5 * MINUTE)
    await fire(database, TIMERS)
    await notifier.send_ready()
    assert len(mailbox.letters) == 2
    async with client(app) as anna:
        await anna.post("/v1/escalations/ESC-1/acknowledge")
    await stand_at(database, NIGHT + 10 * MINUTE)
    await fire(database, TIMERS)
    await notifier.send_ready()
    assert len(mailbox.letters) == 2


async def test_an_all_clear_goes_out_after_the_case_has_ended(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    await only_anna(database)
    breach = clock(ClockBreached, due_at=NIGHT, fired_at=NIGHT, reason="time is up")
    await hear(database, HANDLERS, (breach, 1))
    await notifier.send_ready()
    await hear(database, HANDLERS, (clock(ClockBreachWithdrawn, stopped_at=NIGHT), 2))
    await notifier.send_ready()
    assert mailbox.letters[-1]["Subject"].startswith("[ESC-1] All clear: OPS-1042")
    assert "OPS-1042 was in time after all" in mailbox.letters[-1].get_content()


async def test_two_replicas_lease_each_page_once(database: Database) -> None:
    """While one replica takes its pages, another neither waits for it nor takes the same."""
    await hear(database, HANDLERS, (warned(), 1))
    minute = timedelta(minutes=1)
    async with database.transaction() as one, asyncio.timeout(10):
        first = await notifications.lease(one, minute, 1)
        async with database.transaction() as other:
            second = await notifications.lease(other, minute, 9)
    taken = [leased.notification.person for leased in (*first, *second)]
    assert sorted(taken) == ["anna", "omar"]


async def test_what_is_no_address_is_as_good_as_rejected(
    database: Database, notifier: Notifier, mailbox: Mailbox
) -> None:
    """E19: no mail with somebody else's headers, and the page still reaches somebody."""
    await only_anna(database)
    await run(
        database, "UPDATE people SET email = E'a@x.example\\nBcc: b@x.example' WHERE sub = 'anna'"
    )
    await hear(database, HANDLERS, (warned(), 1))
    while await notifier.send_ready():
        pass
    assert mailbox.sent_to() == ["on-duty"]


async def test_the_loop_of_the_service_sends_as_soon_as_something_is_written(
    app: FastAPI, database: Database, settings: EscalationSettings, mailbox: Mailbox
) -> None:
    """And gives the last resort its address; nothing is on its way once all is sent."""
    app.state.settings = settings

    async def all_sent() -> bool:
        return {state for *_, state in await states(database)} == {"sent"}

    loop = asyncio.create_task(sending.notify(app))
    try:
        await hear(database, HANDLERS, (warned(), 1))
        await until(all_sent)
        async with database.transaction() as tx:
            assert await app.state.pending(tx) == 0
    finally:
        loop.cancel()
    assert sorted(mailbox.sent_to()) == ["anna", "omar"]
    assert await run(database, "SELECT email FROM people WHERE sub = 'house'") == [
        ("duty@meridian.example",)
    ]
