"""Customers who wrote by mail hear by mail that it is resolved, and of an estimate (R1, R11)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from common.persistence.database import Database
from common.wording import is_question
from intake.outgoing.sender import OutgoingMailSender
from intake.tickets.domain.customer_words import estimate_text, resolution_text
from intake_support.outgoing import JAN, mail_of, messages_of, open_by_mail, post, send_all
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.mailboxes import Mailbox
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


async def _ours(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    return [one for one in await messages_of(who, key) if one["direction"] == "outbound"]


async def _resolved(anna: AsyncClient, omar: AsyncClient, key: str) -> None:
    assert (await act(anna, key, "resolve", resolution="The queue runs again.")).is_success
    assert (await act(omar, key, "verify")).is_success


async def test_the_mail_goes_once_a_second_person_has_looked(
    gateway: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    """R1: a mail cannot be taken back"""
    key = await open_by_mail(gateway)
    await send_all(sender)
    mailbox.messages.clear()
    await act(anna, key, "resolve", resolution="The queue runs again.")
    assert await _ours(anna, key) == []
    await act(omar, key, "reject", reason="It does not")
    await send_all(sender)
    assert mailbox.messages == []
    await _resolved(anna, omar, key)
    (message,) = await _ours(anna, key)
    assert (message["visibility"], message["author"]) == ("public", "anna")
    assert message["text"].startswith("Dear Jan,")
    await send_all(sender)
    (mail,) = mailbox.messages
    assert (mail["To"], mail["Subject"]) == (JAN, f"Re: [{key}] Invoices are not sent")
    assert mail["In-Reply-To"] == "<1@mail.acme.example>"
    words = " ".join(mail.get_content().split())
    assert "The queue runs again." in words
    assert "for 14 days after it is closed" in words


async def test_an_answer_to_it_opens_the_ticket_again_and_each_resolution_is_told_once(
    gateway: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    key = await open_by_mail(gateway)
    await _resolved(anna, omar, key)
    await act(anna, key, "close")
    await send_all(sender)
    message = next(one for one in mailbox.messages if one["Auto-Submitted"] is None)
    answer = mail_of(subject="No", id="2@acme.example", In_Reply_To=str(message["Message-ID"]))
    assert (await post(gateway, answer))["ticket"]["key"] == key
    assert (await anna.get(f"/v1/tickets/{key}")).json()["state"] == "reopened"
    assert len(await _ours(anna, key)) == 1
    await _resolved(anna, omar, key)
    assert len(await _ours(anna, key)) == 2


@pytest.mark.parametrize(
    "more", [{}, {"contact": "jan@acme.example", "channel": "monitoring"}], ids=["nobody", "alert"]
)
async def test_nobody_is_told_where_nobody_asked(
    anna: AsyncClient, omar: AsyncClient, more: dict[str, Any]
) -> None:
    key = await open_ticket(anna, **more)
    await _resolved(anna, omar, key)
    assert await _ours(anna, key) == []


async def test_who_asked_in_the_portal_reads_it_there(
    anna: AsyncClient, omar: AsyncClient, portal: AsyncClient, database: Database
) -> None:
    body = {"title": "Down", "environment": "acme-prod"}
    key = (await portal.post("/v1/tickets", json=body)).json()["key"]
    await _resolved(anna, omar, key)
    assert [one["author_name"] for one in await _ours(portal, key)] == ["anna"]
    assert {"verified", "replied"} <= set(await event_types(database))


async def test_an_estimate_is_mailed_with_how_to_approve_it(
    gateway: AsyncClient,
    anna: AsyncClient,
    omar: AsyncClient,
    sender: OutgoingMailSender,
    mailbox: Mailbox,
) -> None:
    key = await open_by_mail(gateway)
    change = {"kind": "change_request", "nature": "adaptive", "reason": "It asks for a change"}
    assert (await act(anna, key, "reclassify", **change)).is_success
    assert (await act(omar, key, "classification/confirm", agree=True)).is_success
    await send_all(sender)
    mailbox.messages.clear()
    path = f"/v1/change-requests/{key}/estimate"
    estimate = {"estimate_seconds": 9000, "note": "The reports change, too."}
    for _ in range(2):
        assert (await anna.put(path, json=estimate)).is_success
    await send_all(sender)
    (mail,) = mailbox.messages
    words = " ".join(mail.get_content().split())
    assert (mail["To"], mail["Subject"]) == (JAN, f"Re: [{key}] Invoices are not sent")
    assert "2 h 30 min" in words
    assert "The reports change, too." in words
    assert "a reply approves nothing" in words
    assert (await anna.put(path, json=estimate | {"estimate_seconds": 60})).is_success
    assert len(await _ours(anna, key)) == 2


async def test_one_may_wait_for_the_customer_after_an_estimate_and_not_after_a_resolution(
    anna: AsyncClient, omar: AsyncClient, database: Database
) -> None:
    """R1: what asks nothing pauses nobody's clock"""
    key = await open_ticket(anna, contact="jan@acme.example")
    await _resolved(anna, omar, key)
    await freeze_time(database, NINE + timedelta(minutes=1))
    await act(anna, key, "reopen", reason="We were wrong")
    held = await act(anna, key, "hold", waiting_on="customer", reason="To be sure")
    assert (held.status_code, held.json()["code"]) == (409, "NOTHING_ASKED")


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr"])
def test_the_words_ask_only_for_the_approval(language: str) -> None:
    resolved = resolution_text(language, "Jan", "OPS-1", "It runs again.", 14)
    assert not is_question(resolved)
    assert "14" in resolved
    assert "14" not in resolution_text(language, "Jan", "OPS-1", "It runs again.", 0)
    estimated = estimate_text(language, "Jan", "OPS-1", 60, None)
    assert is_question(estimated)
    assert "1 h " in estimated
    for text in (resolved, estimated):
        assert "OPS-1" in text
        assert "{" not in text


@pytest.mark.parametrize(("language", "greeting"), [("nl", "Beste Jan,"), ("de", "Guten Tag Jan,")])
def test_it_is_said_in_the_contacts_language(language: str, greeting: str) -> None:
    assert resolution_text(language, "Jan", "OPS-1", "x", 14).startswith(greeting)
    assert estimate_text(language, "Jan", "OPS-1", 61, "x").startswith(greeting)
