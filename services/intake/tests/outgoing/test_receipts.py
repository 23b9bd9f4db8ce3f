"""One receipt for each ticket, none to machines, and no way to flood anybody with them (RFC 3834)."""

import asyncio
from datetime import timedelta

from httpx import AsyncClient

from common.mail.smtp import SmtpTransport
from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.alerts import NINE
from intake_support.outgoing import (
    JAN,
    mail_of,
    mails_about,
    open_by_mail,
    post,
    run_sql,
)
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import freeze_time

LIMIT = 5


async def test_a_ticket_has_one_receipt_whatever_comes_afterwards(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """The same mail again, another one of its thread, and one that names the key."""
    key = await open_by_mail(gateway)
    await sender.send_ready()
    await post(gateway, mail_of())
    await post(gateway, mail_of(id="2@acme.example", In_Reply_To="<1@mail.acme.example>"))
    await post(gateway, mail_of(subject=f"[{key}] more", id="3@acme.example"))
    await sender.send_ready()
    assert len(mailbox.messages) == 1
    assert await mails_about(anna, key) == [("receipt", "sent")]


async def test_planned_twice_it_is_one(
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """The database refuses a second receipt, also where it is planned anew."""
    await open_by_mail(gateway)
    await sender.send_ready()
    await run_sql(database, "UPDATE mails SET next_step = 'receipt'")
    await sender.send_ready()
    assert len(mailbox.messages) == 1


async def test_machines_lists_and_strangers_get_none(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """I1, I2: nobody whom we do not know, and nobody in whose name others may have written."""
    failed = "mx.acme.example; dmarc=fail header.from=acme.example"
    mails = [
        mail_of(id="a@x", Precedence="list", List_Id="<a.acme.example>"),
        mail_of(id="b@x", X_Auto_Response_Suppress="All"),
        mail_of(id="c@x", Auto_Submitted="auto-generated"),
        mail_of("stranger@elsewhere.example", id="d@x"),
        mail_of(id="e@x", Authentication_Results=failed),
        mail_of("noreply@acme.example", id="f@x", Reply_To=JAN),
        mail_of("anna@ours.example", id="g@x"),
    ]
    for raw in mails:
        await post(gateway, raw)
    assert await sender.send_ready() == 0
    assert mailbox.messages == []


async def test_what_was_held_back_and_then_opened_gets_none(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    held = await post(gateway, mail_of(Auto_Submitted="auto-generated"))
    opened = await anna.post(f"/v1/emails/{held['id']}/open-ticket")
    assert opened.status_code == 201, opened.text
    assert await sender.send_ready() == 0


async def test_one_address_gets_no_more_than_so_many_in_an_hour(
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """Whoever writes in Jan's name floods nobody: the tickets are there, the receipts are withheld."""
    keys = []
    for number in range(LIMIT + 3):
        keys.append(await open_by_mail(gateway, subject=f"No {number}", id=f"{number}@x.example"))
    await sender.send_ready()
    await open_by_mail(gateway, "eve@brightwater.example", id="eve@x.example")
    await sender.send_ready()
    to = sorted(str(mail["To"]) for mail in mailbox.messages)
    assert to == ["eve@brightwater.example", *[JAN] * LIMIT], "nobody else waits for it"
    states = [await mails_about(anna, key) for key in keys]
    assert states == [[("receipt", "sent")]] * LIMIT + [[("receipt", "withheld")]] * 3
    await freeze_time(database, NINE + timedelta(minutes=61))
    await open_by_mail(gateway, subject="An hour later", id="later@x.example")
    assert await sender.send_ready() == 1


async def test_two_programs_that_answer_each_other_come_to_an_end(
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """One that says what it is ends it at once; one that says nothing, at the limit."""
    await open_by_mail(gateway)
    await sender.send_ready()
    receipt = mailbox.messages[-1]
    honest = mail_of(
        subject=f"Re: {receipt['Subject']}",
        id="auto@x.example",
        In_Reply_To=str(receipt["Message-ID"]),
        Auto_Submitted="auto-replied",
    )
    assert (await post(gateway, honest))["outcome"] == "ignored"
    assert await sender.send_ready() == 0
    # Another OpsDesk is held back by its Message-ID, whatever else it says.
    other = mail_of(id="opsdesk.1@theirs.example")
    assert (await post(gateway, other))["outcome"] == "ignored"
    for number in range(3 * LIMIT):
        answered = len(mailbox.messages)
        await open_by_mail(gateway, subject="Thank you for your mail!", id=f"n{number}@x.example")
        await sender.send_ready()
        if len(mailbox.messages) == answered:
            break
    assert len(mailbox.messages) == LIMIT


async def test_the_limit_holds_over_all_replicas(
    gateway: AsyncClient,
    anna: AsyncClient,
    database: Database,
    settings: IntakeSettings,
    mailbox: Mailbox,
) -> None:
    replicas = [OutgoingMailSender(database, SmtpTransport(settings), settings) for _ in range(3)]
    for number in range(LIMIT + 3):
        await open_by_mail(gateway, subject=f"No {number}", id=f"{number}@x.example")
    for _ in range(3):
        async with asyncio.timeout(60):
            await asyncio.gather(*(replica.send_ready() for replica in replicas))
    assert len(mailbox.messages) == LIMIT


async def test_accepting_a_mail_plans_nothing(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """The mark stands in the row that is stored anyway; everything else happens afterwards."""
    await open_by_mail(gateway)
    assert await run_sql(database, "SELECT next_step FROM mails") == [("receipt",)]
    assert await run_sql(database, "SELECT count(*) FROM outgoing_mails") == [(0,)]
