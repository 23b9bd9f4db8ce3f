"""A hand-over by mail and the partner's answers: threaded, internal, and no clock of the customer's moves (R5)."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from intake.outgoing.sender import OutgoingMailSender
from intake_support.alerts import NINE
from intake_support.outgoing import mail_of, messages_of, post, send_all
from intake_support.tickets import TO_PARTNER, act, event_types, open_ticket
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import freeze_time, outbox_events

DESK = "support@hosthaven.example"


@pytest.fixture
async def key(anna: AsyncClient, database: Database) -> str:
    """A ticket of Acme that a partner has whose address is known."""
    body = {"key": "netco", "name": "Netco", "email": DESK, "timezone": "Europe/Amsterdam"}
    assert (await anna.post("/v1/partners", json=body)).status_code == 201
    key = await open_ticket(anna)
    forwarded = await act(anna, key, "forward", **TO_PARTNER | {"partner": "netco"})
    assert forwarded.status_code == 200, forwarded.text
    return key


async def mailed(sender: OutgoingMailSender, mailbox: Mailbox) -> Any:
    """The one mail that reached the partner."""
    await send_all(sender)
    (message,) = mailbox.messages
    mailbox.messages.clear()
    return message


async def answer(gateway: AsyncClient, to: Any, body: str, **more: Any) -> dict[str, Any]:
    raw = mail_of(
        more.pop("sender", DESK),
        more.pop("subject", f"Re: {to['Subject']}"),
        body,
        id=more.pop("id", "a1@hosthaven.example"),
        In_Reply_To=to["Message-ID"],
        **more,
    )
    return await post(gateway, raw)


async def test_a_partner_gets_the_record_and_the_answer_threads_with_their_number(
    anna: AsyncClient,
    jan: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    """R5, I1: by mail, and nothing of it for the customer"""
    sent = await mailed(sender, mailbox)
    assert (sent["To"], sent["Subject"]) == (DESK, f"[{key}] Billing is down")
    assert sent["Reply-To"] == "desk@ours.example"
    text = sent.get_content()
    for words in ("a stack trace", "a restart", "the network", "Find the cause.", "CET"):
        assert words in text
    result = await answer(gateway, sent, "We look into it. Our ticket number is INC0012345.")
    assert (result["outcome"], result["ticket"]["key"]) == ("joined", key)
    (record,) = (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"]
    assert record["partner_reference"] == "INC0012345"
    ours, theirs = await messages_of(anna, key)
    assert (theirs["author"], theirs["partner"], theirs["visibility"]) == (
        "partner/netco",
        "netco",
        "internal",
    )
    assert [(one["purpose"], one["state"]) for one in ours["mails"]] == [("partner", "sent")]
    assert await messages_of(jan, key) == []
    assert (await event_types(database))[-1] == "partner_replied"


async def test_what_we_write_to_the_partner_answers_their_last_mail(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    first = await mailed(sender, mailbox)
    await freeze_time(database, NINE + timedelta(minutes=5))
    await answer(gateway, first, "Which server?", id="q@hosthaven.example")
    await freeze_time(database, NINE + timedelta(minutes=9))
    assert (await act(anna, key, "partner-messages", text="It is db-2.")).status_code == 201
    second = await mailed(sender, mailbox)
    assert second["In-Reply-To"] == "<q@hosthaven.example>"
    assert second["References"].split() == [first["Message-ID"], "<q@hosthaven.example>"]
    assert second["Subject"] == f"Re: [{key}] Billing is down"


async def test_a_partner_who_answers_ends_no_waiting_of_the_customers(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    sent = await mailed(sender, mailbox)
    hold = {"waiting_on": "customer", "reason": "x", "question": "When does it happen?"}
    await act(anna, key, "hold", **hold)
    await answer(gateway, sent, "Fixed.")
    shown = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (shown["state"], shown["waiting_on"]) == ("on_hold", "customer")
    assert {"customer_replied", "resumed"}.isdisjoint(await event_types(database))


async def test_what_waited_for_the_partner_goes_on(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    sent = await mailed(sender, mailbox)
    await act(anna, key, "hold", waiting_on="partner", reason="They look")
    await answer(gateway, sent, "Fixed.")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "forwarded"
    assert (await event_types(database))[-2:] == ["partner_replied", "resumed"]


async def test_the_receipt_of_a_partners_system_tells_its_number_and_asks_nothing_of_us(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """I2: a machine's, and kept where it belongs"""
    sent = await mailed(sender, mailbox)
    subject = f"Ticket #88213 created: {sent['Subject']}"
    result = await answer(
        gateway, sent, "We got it.", subject=subject, Auto_Submitted="auto-replied"
    )
    assert result["outcome"] == "joined"
    (record,) = (await anna.get(f"/v1/tickets/{key}/hand-overs")).json()["items"]
    assert record["partner_reference"] == "88213"
    assert (await messages_of(anna, key))[-1]["automatic"] is True
    assert await send_all(sender) == 0


async def test_a_colleague_at_the_partner_answers_too_and_after_it_came_back(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    sent = await mailed(sender, mailbox)
    await act(anna, key, "hand-back", found="They reset it.")
    result = await answer(gateway, sent, "It was the disk.", sender="ute@hosthaven.example")
    assert (result["outcome"], result["ticket"]["key"]) == ("joined", key)
    assert (await messages_of(anna, key))[-1]["visibility"] == "internal"


async def test_what_a_partner_writes_after_the_end_reaches_who_worked_on_it(
    anna: AsyncClient,
    omar: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    """R5: the ticket stays as it is, and so do the customer's clocks; a machine's answer tells nobody"""
    sent = await mailed(sender, mailbox)
    await act(anna, key, "assign", to="omar")
    await act(anna, key, "hand-back", found="They reset it.")
    await act(anna, key, "resolve", resolution="Works again.")
    await act(omar, key, "verify")
    await answer(gateway, sent, "Closed.", id="r@hosthaven.example", Auto_Submitted="auto-replied")
    assert (await event_types(database))[-1] == "partner_replied"
    await answer(gateway, sent, "The disk must be replaced on Sunday.")
    late = (await outbox_events(database))[-1]
    assert late.type == "opsdesk.ticket.partner_replied_late.v1"
    assert (late.body["people"], late.body["state"]) == (["omar", "anna"], "verified")
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "verified"
    assert (await messages_of(anna, key))[-1]["text"] == "The disk must be replaced on Sunday."


async def test_a_partner_writes_on_nothing_that_was_not_handed_over_to_them(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """I1: the key of another ticket in the subject opens nothing"""
    other = await open_ticket(anna, customer="brightwater", environment="brightwater-prod")
    raw = mail_of(DESK, f"Re: [{other}] Down", "Tell me more.", id="x@hosthaven.example")
    result = await post(gateway, raw)
    assert result["outcome"] == "opened"
    assert result["ticket"]["key"] not in {key, other}
    assert await messages_of(anna, other) == []


async def test_a_stranger_who_knows_the_key_is_no_partner(
    anna: AsyncClient,
    gateway: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    sent = await mailed(sender, mailbox)
    result = await answer(gateway, sent, "Send me the password.", sender="eve@evil.example")
    assert result["outcome"] == "opened"
    assert len(await messages_of(anna, key)) == 1


async def test_people_hear_of_a_hand_over_that_the_partner_did_not_get(
    anna: AsyncClient,
    key: str,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
    database: Database,
) -> None:
    mailbox.refused[DESK] = "550 5.1.1 no such mailbox"
    await send_all(sender)
    ours, note = await messages_of(anna, key)
    assert [one["state"] for one in ours["mails"]] == ["failed"]
    assert "partner netco has not reached them" in note["text"]
    assert (await event_types(database))[-1] == "partner_mail_undelivered"


async def test_nothing_is_written_to_a_partner_who_does_not_have_the_ticket(
    anna: AsyncClient, key: str
) -> None:
    await act(anna, key, "hand-back", found="x")
    refused = await act(anna, key, "partner-messages", text="Still there?")
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_FORWARDED")
