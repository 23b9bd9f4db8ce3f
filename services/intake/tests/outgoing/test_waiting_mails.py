"""What waits to be sent: for whom it is too late, in several replicas, and in the loop of the service."""

import asyncio
from dataclasses import replace

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.domain.send_outcomes import PermanentFailure, TemporaryFailure
from common.http import runtime_of
from common.mail.sending import LEASE_DURATION
from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.app import SERVICE
from intake.outgoing.sender import OutgoingMailSender, run_outgoing_mail
from intake.settings import IntakeSettings
from intake_support.outgoing import (
    answer_state,
    let_retry,
    mail_of,
    messages_of,
    post,
    run_sql,
)
from intake_support.tickets import event_types
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox
from opsdesk_testing.waiting import until


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


@pytest.mark.parametrize("is_planned", [True, False])
async def test_who_is_ended_gets_no_mail_any_more(
    key: str,
    is_planned: bool,
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """Whoever has left the customer, or lost their mailbox, reads no answer: ended before or after it."""
    await post(gateway, mail_of(subject="Another", id="2@acme.example"))
    if is_planned:
        await sender.prepare()
    [(contact,)] = await run_sql(database, "SELECT id FROM contacts WHERE name = 'Jan'")
    end = f"/v1/customers/acme/contacts/{contact}/end"
    assert (await anna.post(end, json={"reason": "has left"})).status_code == 200
    await sender.send_ready()
    assert mailbox.messages == []
    answer = (await messages_of(anna, key))[1]
    assert answer["mailing"] == ("planned" if is_planned else "nobody")
    assert [mail["state"] for mail in answer["mails"]] == ["cancelled"] * is_planned


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
        return bool((await messages_of(anna, key))[1]["mailing"] == "off")

    try:
        await until(is_off, seconds=60)
    finally:
        loop.cancel()


async def test_the_lease_is_renewed_before_the_mail_goes_as_reading_it_may_have_taken_long(
    key: str, anna: AsyncClient, database: Database, sender: OutgoingMailSender
) -> None:
    await sender.prepare()
    async with database.transaction() as tx:
        [leased] = await sender.lease(tx, LEASE_DURATION, 1)
    await let_retry(database)
    assert await sender.build_message(leased) is not None
    async with database.transaction() as tx:
        assert await sender.lease(tx, LEASE_DURATION, 1) == []
