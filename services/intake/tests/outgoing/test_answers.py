"""Our answers reach the people of the ticket by mail, in the thread that their mail client shows."""

from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient

from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender
from intake.settings import IntakeSettings
from intake_support.outgoing import (
    JAN,
    KIM,
    mail_of,
    mails_about,
    messages_of,
    open_by_mail,
    post,
    reply,
    run_sql,
    send_all,
    triage,
)
from intake_support.tickets import act, open_ticket
from opsdesk_testing.client import client
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox


async def test_the_answer_comes_by_mail_below_the_customers_own(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """J1, R11."""
    key = await open_by_mail(gateway)
    more = mail_of(
        body="Now 200 of them.", id="2@mail.acme.example", In_Reply_To="<1@mail.acme.example>"
    )
    assert (await post(gateway, more))["outcome"] == "joined"
    answer = await reply(anna, key, "Dear Jan,\n\nwe found it.\n\nAnna")
    assert (answer["mailing"], answer["mails"]) == ("due", [])
    assert await send_all(sender) == 2
    receipt, mail = sorted(mailbox.messages, key=lambda one: one["Auto-Submitted"] is None)
    assert (receipt["Subject"], receipt["Auto-Submitted"]) == (
        f"[{key}] Invoices are not sent",
        "auto-replied",
    )
    assert receipt["In-Reply-To"] == "<1@mail.acme.example>"
    assert (mail["From"], mail["To"], mail["Reply-To"]) == (
        "support@ours.example",
        JAN,
        "desk@ours.example",
    )
    assert mail["Subject"] == f"Re: [{key}] Invoices are not sent"
    assert mail["In-Reply-To"] == "<2@mail.acme.example>"
    assert str(mail["References"]).split() == ["<1@mail.acme.example>", "<2@mail.acme.example>"]
    assert "we found it." in mail.get_content()
    assert "> Now 200 of them." in mail.get_content()
    senders = {str(one["Subject"])[:3]: who for one, who in _with_senders(mailbox)}
    assert senders == {"[OP": "<>", "Re:": "desk@ours.example"}, "reports on a receipt go to nobody"


def _with_senders(mailbox: Mailbox) -> Any:
    return zip(mailbox.messages, mailbox.envelope_senders, strict=True)


async def test_what_became_of_it_stands_on_the_message_for_staff(
    gateway: AsyncClient,
    app: FastAPI,
    anna: AsyncClient,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    key = await open_by_mail(gateway)
    await reply(anna, key, "We found it.")
    await sender.prepare()
    assert await mails_about(anna, key) == [("receipt", "waiting"), ("answer", "waiting")]
    await send_all(sender)
    shown = await messages_of(anna, key)
    assert [one["mailing"] for one in shown] == [None, "planned"]
    sent = shown[1]["mails"][0]
    assert (sent["state"], sent["attempts"], sent["problem"]) == ("sent", 1, None)
    assert sent["settled_at"] == "2030-01-07T09:00:00Z"
    async with client(app, "jan") as jan:
        for one in await messages_of(jan, key):
            assert (one["mailing"], one["mails"]) == (None, None)
    assert await send_all(sender) == 0


async def test_the_reply_to_our_mail_lands_on_the_same_ticket(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """By its Message-ID alone: neither the key nor the customer's own ids are left."""
    key = await open_by_mail(gateway)
    await reply(anna, key, "We found it.")
    await send_all(sender)
    for number, mail in enumerate(mailbox.messages):
        own = str(mail["Message-ID"])
        raw = mail_of(subject="Thanks", id=f"r{number}@acme.example", In_Reply_To=own)
        result = await post(gateway, raw)
        assert (result["outcome"], result["ticket"]["key"]) == ("joined", key)
    # Nobody else joins by an id that they read somewhere.
    stranger = mail_of(
        "eve@brightwater.example", id="e@x", In_Reply_To=str(mailbox.messages[1]["Message-ID"])
    )
    assert (await post(gateway, stranger))["ticket"]["key"] != key


async def test_an_internal_note_goes_to_nobody(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """R11."""
    key = await open_by_mail(gateway)
    await send_all(sender)
    await reply(anna, key, "They never restart it.", visibility="internal")
    assert await send_all(sender) == 0
    assert len(mailbox.messages) == 1


async def test_workarounds_and_questions_are_answers_too(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    key = await open_by_mail(gateway)
    await send_all(sender)
    assert (await act(anna, key, "workaround", text="Send them by hand.")).is_success
    held = await act(anna, key, "hold", waiting_on="customer", question="Which ones?", reason="?")
    assert held.is_success, held.text
    await send_all(sender)
    texts = sorted(mail.get_content().splitlines()[0] for mail in mailbox.messages[1:])
    assert texts == ["Send them by hand.", "Which ones?"]


async def test_everybody_of_the_customer_who_wrote_gets_it_and_nobody_else(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """Kim wrote on Jan's ticket, Lee did not, Eve is of another customer and wrote about the same."""
    for name, address in (("Kim", KIM), ("Lee", "lee@acme.example")):
        body = {"name": name, "address": address}
        assert (await anna.post("/v1/customers/acme/contacts", json=body)).status_code == 201
    key = await open_by_mail(gateway)
    await post(gateway, mail_of(KIM, f"Re: [{key}]", "Here, too.", id="k@acme.example"))
    eve = mail_of("eve@brightwater.example", f"Re: [{key}]", "And here.", id="e@b.example")
    assert (await post(gateway, eve))["outcome"] == "opened"
    await send_all(sender)
    mailbox.messages.clear()
    await reply(anna, key, "We found it.")
    assert await send_all(sender) == 2
    assert sorted(str(mail["To"]) for mail in mailbox.messages) == [JAN, KIM]
    assert {str(mail["In-Reply-To"]) for mail in mailbox.messages} == {
        "<1@mail.acme.example>",
        "<k@acme.example>",
    }
    assert len({str(mail["Message-ID"]) for mail in mailbox.messages}) == 2


async def test_a_forged_mail_makes_nobody_a_recipient(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """I1: it waits for triage; once triaged, whoever was named in it still gets nothing."""
    forged = mail_of(Authentication_Results="mx.acme.example; dmarc=fail header.from=acme.example")
    result = await post(gateway, forged)
    key = result["ticket"]["key"]
    assert result["reason"]
    assert (await triage(anna, key)).is_success
    answer = await reply(anna, key, "Who are you?")
    assert answer["mailing"] == "due"
    assert await send_all(sender) == 0
    assert (await messages_of(anna, key))[-1]["mailing"] == "nobody"
    assert mailbox.messages == []


async def test_who_became_a_contact_after_writing_gets_the_answer(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    """A stranger gets no mail; a colleague who registers the address makes it a contact's."""
    key = await open_by_mail(gateway, "new@acme.example")
    await reply(anna, key, "Who are you?")
    assert await send_all(sender) == 0
    contact = {"name": "New", "address": "new@acme.example"}
    assert (await anna.post("/v1/customers/acme/contacts", json=contact)).status_code == 201
    assert (await triage(anna, key)).is_success
    await reply(anna, key, "Now we know you.")
    assert await send_all(sender) == 1
    mail = mailbox.messages[0]
    assert (mail["To"], mail["In-Reply-To"]) == ("new@acme.example", "<1@mail.acme.example>")


async def test_a_portal_ticket_is_answered_by_mail_to_who_wants_that(
    app: FastAPI, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    wants = {"name": "Kim", "address": KIM, "wants_mail": True}
    assert (await anna.post("/v1/customers/acme/contacts", json=wants)).json()["wants_mail"]
    keys = {}
    async with client(app, "portal") as portal:
        for address in (JAN, KIM):
            portal.headers["On-Behalf-Of"] = f"mailto:{address}"
            keys[address] = await open_ticket(portal)
            answer = await portal.post(
                f"/v1/tickets/{keys[address]}/replies", json={"text": "more"}
            )
            assert answer.status_code == 201, answer.text
            assert (answer.json()["mailing"], answer.json()["mails"]) == (None, None)
    for key in keys.values():
        await reply(anna, key, "We found it.")
    assert await send_all(sender) == 1
    assert [str(mail["To"]) for mail in mailbox.messages] == [KIM]
    assert mailbox.messages[0]["In-Reply-To"] is None
    assert (await messages_of(anna, keys[JAN]))[-1]["mailing"] == "nobody"


async def test_who_wrote_on_a_merged_ticket_gets_the_answer_in_their_own_thread(
    gateway: AsyncClient, anna: AsyncClient, sender: OutgoingMailSender, mailbox: Mailbox
) -> None:
    kim = {"name": "Kim", "address": KIM}
    assert (await anna.post("/v1/customers/acme/contacts", json=kim)).status_code == 201
    key = await open_by_mail(gateway)
    duplicate = await open_by_mail(gateway, KIM, subject="The same", id="k@acme.example")
    await send_all(sender)
    mailbox.messages.clear()
    assert (await act(anna, duplicate, "merge", into=key)).is_success
    await reply(anna, key, "We found it.")
    await send_all(sender)
    answers = {str(mail["To"]): mail for mail in mailbox.messages}
    assert {to: str(mail["In-Reply-To"]) for to, mail in answers.items()} == {
        JAN: "<1@mail.acme.example>",
        KIM: "<k@acme.example>",
    }
    again = mail_of(KIM, "Thanks", id="t@acme.example", In_Reply_To=str(answers[KIM]["Message-ID"]))
    assert (await post(gateway, again))["ticket"]["key"] == key


async def test_without_a_mail_server_nothing_is_planned_for_later(
    gateway: AsyncClient, anna: AsyncClient, database: Database, settings: IntakeSettings
) -> None:
    """What was written while mail was off does not go out on the day that it is switched on."""
    key = await open_by_mail(gateway)
    await reply(anna, key, "We found it.")
    off = settings.model_copy(update={"smtp_server": ""})
    on = OutgoingMailSender(database, InMemoryTransport(), settings)
    assert await OutgoingMailSender(database, InMemoryTransport(), off).send_ready() == 0
    assert [one["mailing"] for one in await messages_of(anna, key)] == [None, "off"]
    assert await on.send_ready() == 0
    assert await run_sql(database, "SELECT count(*) FROM outgoing_mails") == [(0,)]
