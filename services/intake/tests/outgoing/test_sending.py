"""Sending where a server is away, refuses, or reports; and where we are killed in between (E19)."""

import pytest
from httpx import AsyncClient

from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from common.telemetry import metrics
from intake.outgoing.domain.outgoing_mail import MAX_REFUSALS
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.outgoing import (
    JAN,
    answer_state,
    delivery_report,
    let_retry,
    mails_about,
    messages_of,
    open_by_mail,
    post,
    reply,
    run_sql,
    send_all,
)
from intake_support.tickets import event_types
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import outbox_events


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
    retried = metrics.CUSTOMER_MAILS.labels("answer", "retried")._value
    before = retried.get()
    for _ in range(3):
        assert await dead.send_ready() == 1
        assert await dead.send_ready() == 0, "it waits before it is tried again"
        await let_retry(database)
    state, problem = await answer_state(anna, key)
    assert state == "waiting"
    assert problem is not None
    assert problem.startswith("no answer from the mail server")
    assert retried.get() == before + 3
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


async def test_what_a_contact_gets_on_a_ticket_is_sent_in_its_order(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """The receipt, then the answer, however soon that was written; others wait for neither."""
    first, second = (
        await open_by_mail(gateway),
        await open_by_mail(gateway, id="9@acme.example", body="Another thing."),
    )
    await reply(anna, first, "Dear Jan, it is found. Omar")
    await send_all(sender)
    sent = [(first in str(mail["Subject"]), mail["Auto-Submitted"]) for mail in mailbox.messages]
    assert second not in str(mailbox.messages[-1]["Subject"])
    assert [kind for is_first, kind in sent if is_first] == ["auto-replied", None]
    assert len(sent) == 3


async def test_what_was_never_sent_cannot_have_come_back(
    key: str,
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
) -> None:
    """The ids of mails can be worked out by who sees the ticket: a forged report stops no answer."""
    await sender.prepare()
    ((own_id,),) = await run_sql(
        database, "SELECT own_id FROM outgoing_mails WHERE purpose = 'answer'"
    )
    await post(gateway, delivery_report(own_id))
    assert await sender.send_ready() == 1
    assert await answer_state(anna, key) == ("sent", None)
