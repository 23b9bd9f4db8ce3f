"""Sending where a server is away, refuses, or reports; and where we are killed in between (E19)."""

import asyncio
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.domain.send_outcomes import PermanentFailure, TemporaryFailure
from common.http import runtime_of
from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.app import SERVICE
from intake.outgoing.domain.outgoing_mail import MAX_REFUSALS
from intake.outgoing.sender import OutgoingMailSender, run_outgoing_mail
from intake.settings import IntakeSettings
from intake_support.outgoing import (
    JAN,
    delivery_report,
    let_retry,
    mails_about,
    messages_of,
    open_by_mail,
    post,
    reply,
    run_sql,
)
from intake_support.tickets import event_types
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox
from opsdesk_testing.protocol import outbox_events
from opsdesk_testing.waiting import until


@pytest.fixture
async def key(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> str:
    """A ticket that came by mail, whose receipt is sent, with an answer that is not sent yet."""
    key = await open_by_mail(gateway)
    await sender.send_ready()
    mailbox.messages.clear()
    await reply(anna, key, "We found it.")
    return key


async def answer_state(anna: AsyncClient, key: str) -> tuple[str, str | None]:
    """State and problem of the mail about our answer, which is the second message."""
    mail = (await messages_of(anna, key))[1]["mails"][0]
    return str(mail["state"]), mail["problem"]


async def test_a_dead_server_loses_nothing_and_repeats_nothing(
    key: str,
    anna: AsyncClient,
    database: Database,
    settings: IntakeSettings,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    away = settings.model_copy(update={"smtp_server": "127.0.0.1:9"})
    dead = OutgoingMailSender(database, SmtpTransport(away), away)
    for _ in range(3):
        assert await dead.send_ready() == 1
        assert await dead.send_ready() == 0, "it waits before it is tried again"
        await let_retry(database)
    state, problem = await answer_state(anna, key)
    assert state == "waiting"
    assert problem is not None
    assert problem.startswith("no answer from the mail server")
    assert await sender.send_ready() == 1
    await let_retry(database)
    assert await sender.send_ready() == 0
    assert len(mailbox.messages) == 1
    assert await answer_state(anna, key) == ("sent", None)


async def test_a_kill_between_send_and_mark_sends_the_same_mail_once_more(
    key: str,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At most one repeat for each kill, with the same Message-ID and the same bytes."""

    async def killed(*_: object) -> None:
        raise SystemError("the process is gone")

    with monkeypatch.context() as patch:
        patch.setattr(sender, "record_outcome", killed)
        assert await sender.send_ready() == 1
    assert await sender.send_ready() == 0, "the lease still holds"
    await let_retry(database)
    assert await sender.send_ready() == 1
    await let_retry(database)
    assert await sender.send_ready() == 0
    first, second = mailbox.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert mailbox.raw[-1] == mailbox.raw[-2]
    assert await answer_state(anna, key) == ("sent", None)


async def test_a_refusal_for_good_ends_it_and_comes_before_people(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    mailbox.refused = {JAN: "550 5.1.1 jan@acme.example does not live here"}
    assert await sender.send_ready() == 1
    assert await answer_state(anna, key) == ("failed", "the mail server answered 550 5.1.1")
    note = (await messages_of(anna, key))[-1]
    assert (note["visibility"], note["automatic"]) == ("internal", True)
    assert "550 5.1.1" in note["text"]
    assert "jan@acme" not in note["text"]
    assert (await event_types(database))[-1] == "reply_undelivered"
    event = (await outbox_events(database))[-1]
    assert (event.body["reason"], event.body["ticket"]) == (
        "the mail server answered 550 5.1.1",
        key,
    )
    await let_retry(database)
    mailbox.refused = {}
    assert await sender.send_ready() == 0, "it is not tried again"
    assert len(await messages_of(anna, key)) == 3, "and told once"


async def test_later_is_tried_again_and_after_many_times_told(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    mailbox.refused = {JAN: "451 4.7.1 greylisted"}
    assert await sender.send_ready() == 1
    assert await answer_state(anna, key) == ("waiting", "the mail server answered 451 4.7.1")
    await run_sql(database, f"UPDATE outgoing_mails SET refusals = {MAX_REFUSALS - 1}")
    await let_retry(database)
    assert await sender.send_ready() == 1
    state, problem = await answer_state(anna, key)
    assert (state, problem) == (
        "failed",
        f"the mail server answered 451 4.7.1, {MAX_REFUSALS} times in a row",
    )
    assert (await event_types(database))[-1] == "reply_undelivered"


async def test_greylisting_delays_a_mail_and_no_more(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    mailbox.answers = ["451 4.7.1 later"]
    assert await sender.send_ready() == 1
    await let_retry(database)
    assert await sender.send_ready() == 1
    assert await answer_state(anna, key) == ("sent", None)
    assert len(mailbox.messages) == 1
    assert "reply_undelivered" not in await event_types(database)


async def test_what_comes_back_is_marked_and_told(
    key: str,
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    await sender.send_ready()
    own_id = str(mailbox.messages[0]["Message-ID"])
    delayed = delivery_report(own_id, action="delayed", status="4.4.1")
    assert (await post(gateway, delayed))["outcome"] == "ignored"
    await sender.send_ready()
    assert await answer_state(anna, key) == ("sent", None)
    for _ in range(2):
        await post(gateway, delivery_report(own_id))
        await sender.send_ready()
    assert await answer_state(anna, key) == ("bounced", "it came back 5.1.1")
    assert (await event_types(database)).count("reply_undelivered") == 1
    assert "it came back 5.1.1" in (await messages_of(anna, key))[-1]["text"]


async def test_a_receipt_that_does_not_arrive_wakes_nobody(
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    mailbox.refused = {JAN: "550 5.1.1 gone"}
    key = await open_by_mail(gateway)
    await sender.send_ready()
    assert await mails_about(anna, key) == [("receipt", "failed")]
    assert await event_types(database) == ["opened"]


async def test_who_is_erased_before_the_mail_goes_gets_none(
    key: str,
    app: FastAPI,
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """R16: what waits is cancelled, and no id of their mails stays with it."""
    await sender.prepare()
    await run_sql(
        database,
        "UPDATE tickets SET state = 'closed', resolved_by = 'anna',"
        " resolved_at = now(), verified_by = 'omar', verified_at = now()",
    )
    [(contact,)] = await run_sql(database, "SELECT id FROM contacts WHERE name = 'Jan'")
    erasure = f"/v1/contacts/{contact}/erasure"
    async with client(app, "theo") as theo, client(app, "gina") as gina:
        assert (await theo.post(erasure, json={"reason": "asked"})).status_code == 201
        assert (await gina.post(f"{erasure}/confirm")).status_code == 200
    assert await sender.send_ready() == 0
    assert mailbox.messages == []
    stored = "SELECT purpose, state, in_reply_to, referred_ids, quoted_id FROM outgoing_mails"
    assert sorted(await run_sql(database, stored)) == [
        ("answer", "cancelled", None, [], None),
        ("receipt", "sent", None, [], None),
    ]


async def test_a_mail_whose_contact_lost_the_address_after_the_lease_is_not_sent(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    await sender.prepare()
    await run_sql(database, "UPDATE contacts SET address = NULL WHERE name = 'Jan'")
    assert await sender.send_ready() == 1
    assert mailbox.messages == []
    assert await answer_state(anna, key) == ("cancelled", None)


async def test_an_address_that_is_none_fails_at_once(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """What an import stored long ago must not add a recipient."""
    await run_sql(
        database, "UPDATE contacts SET address = 'a@x.example,b@y.example' WHERE name = 'Jan'"
    )
    await sender.send_ready()
    assert mailbox.messages == []
    assert await answer_state(anna, key) == ("failed", "the address is not valid")


async def test_two_replicas_send_each_mail_once(
    key: str, database: Database, settings: IntakeSettings, mailbox: Mailbox
) -> None:
    replicas = [OutgoingMailSender(database, SmtpTransport(settings), settings) for _ in range(2)]
    async with asyncio.timeout(60):
        sent = await asyncio.gather(*(replica.send_ready() for replica in replicas))
        sent += await asyncio.gather(*(replica.send_ready() for replica in replicas))
    assert sum(sent) == 1
    assert len(mailbox.messages) == 1


@pytest.mark.parametrize("outcome", [TemporaryFailure("?"), PermanentFailure("550")])
async def test_an_outcome_that_comes_after_the_lease_changes_nothing(
    key: str,
    anna: AsyncClient,
    database: Database,
    settings: IntakeSettings,
    sender: OutgoingMailSender,
    outcome: TemporaryFailure | PermanentFailure,
) -> None:
    """One that hung until another attempt was acknowledged neither repeats nor fails the mail."""

    async def send_by_another() -> None:
        await let_retry(database)
        assert await sender.send_ready() == 1

    late = InMemoryTransport(outcome, meanwhile=send_by_another)
    assert await OutgoingMailSender(database, late, settings).send_ready() == 1
    assert await answer_state(anna, key) == ("sent", None)
    assert "reply_undelivered" not in await event_types(database)


async def test_the_loop_of_the_service_plans_and_sends(
    key: str, app: FastAPI, database: Database, settings: IntakeSettings, mailbox: Mailbox
) -> None:
    """And nothing is on its way once all is sent."""
    pending = SERVICE.pending
    assert pending is not None

    async def count() -> int:
        async with database.transaction() as tx:
            return await pending(tx)

    async def is_idle() -> bool:
        return await count() == 0

    assert await count() == 1
    loop = asyncio.create_task(run_outgoing_mail(replace(runtime_of(app), settings=settings)))
    try:
        await until(lambda: len(mailbox.messages) == 1, seconds=60)
        await until(is_idle, seconds=60)
    finally:
        loop.cancel()


async def test_without_a_mail_server_the_loop_says_so(
    key: str, anna: AsyncClient, app: FastAPI, database: Database, settings: IntakeSettings
) -> None:
    off = settings.model_copy(update={"smtp_server": ""})
    loop = asyncio.create_task(run_outgoing_mail(replace(runtime_of(app), settings=off)))

    async def is_off() -> bool:
        return (await messages_of(anna, key))[1]["mailing"] == "off"

    try:
        await until(is_off, seconds=60)
    finally:
        loop.cancel()
