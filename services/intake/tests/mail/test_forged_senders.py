"""An outsider writes as nobody but himself (I1): not on a customer's ticket, and not as staff."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from httpx import AsyncClient

from common.http import runtime_of
from common.persistence.database import Database
from intake.app import SERVICE
from intake.settings import IntakeSettings
from intake.tickets.ticket_batcher import TicketBatcher
from intake_support.tickets import act, event_types, open_ticket
from opsdesk_testing.client import app_for, client, settings_for
from opsdesk_testing.protocol import freeze_time

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MEDIA: Final = {"Content-Type": "message/rfc822"}
GATEWAY = "mx.ours.example"
FIRST = "<first@acme.example>"
DATE = "Date: Mon, 7 Jan 2030 09:00:00 +0000"


def mail(*heads: str, text: str = "Hello.") -> bytes:
    return "\r\n".join([*heads, "", text, ""]).encode()


async def post(gateway: AsyncClient, raw: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = (await gateway.post("/v1/emails", content=raw, headers=MEDIA)).json()
    return answer


async def get(who: AsyncClient, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await who.get(path)).json()
    return answer


async def messages(who: AsyncClient, key: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await get(who, f"/v1/tickets/{key}/messages"))["items"]
    return items


@pytest.fixture
async def waiting(gateway: AsyncClient, anna: AsyncClient) -> str:
    """A ticket that Jan opened by mail, and that waits for his answer."""
    first = mail("From: jan@acme.example", "Subject: Down", f"Message-ID: {FIRST}", DATE)
    key = str((await post(gateway, first))["ticket"]["key"])
    question = {"waiting_on": "customer", "reason": "unclear", "question": "Which button?"}
    assert (await act(anna, key, "hold", **question)).status_code == 200
    return key


@pytest.fixture
async def reporting(database: Database, anna: AsyncClient) -> AsyncIterator[AsyncClient]:
    """A gateway that reports under its name what it has checked."""
    settings = settings_for(IntakeSettings, database.url, mail_gateway_name=GATEWAY)
    app = app_for(SERVICE, database, settings=settings)
    async with client(app, "gateway") as gateway:
        yield gateway
    await runtime_of(app).resource(TicketBatcher).close()


FORGED = [
    ["From: jan@acme.example <eve@evil.example>"],
    ['From: "jan@acme.example" <eve@evil.example>'],
    ["From: =?utf-8?Q?jan=40acme.example=2C?= <eve@evil.example>"],
    ["From: =?utf-8?B?IkphbiIgPGphbkBhY21lLmV4YW1wbGU+?="],
    ["From: jan@acme.example, eve@evil.example"],
    ["From: jan@acme.example", "From: eve@evil.example"],
    ["From: noreply@evil.example", "Reply-To: jan@acme.example"],
    ["From: eve@evil.example", "Reply-To: jan@acme.example"],
    ["From: eve@evil.example", "Sender: jan@acme.example"],
    [
        "Authentication-Results: mx.any.example; dmarc=fail header.from=acme.example",
        "From: jan@acme.example",
    ],
    ["From: eve@brightwater.example"],
    ["From: omar@ours.example"],
    [
        "Authentication-Results: mx.ours.example; dmarc=pass header.from=ours.example",
        "From: omar@ours.example",
    ],
    ["From: omar@ours.example <eve@evil.example>"],
]


@pytest.mark.parametrize("heads", FORGED)
async def test_whoever_is_not_jan_neither_joins_nor_resumes_his_ticket(
    gateway: AsyncClient, anna: AsyncClient, waiting: str, database: Database, heads: list[str]
) -> None:
    before, events = await get(anna, f"/v1/tickets/{waiting}"), await event_types(database)
    thread = [f"In-Reply-To: {FIRST}", f"References: {FIRST}", f"Subject: Re: [{waiting}] Down"]
    answer = await post(gateway, mail(*heads, *thread, text="Please reset my password."))
    assert (answer["outcome"], answer["ticket"]["key"] != waiting) == ("opened", True)
    assert await get(anna, f"/v1/tickets/{waiting}") == before
    assert len(await messages(anna, waiting)) == 2
    assert (await event_types(database))[len(events) :] == ["opened"]
    opened = await get(anna, f"/v1/tickets/{answer['ticket']['key']}")
    assert opened["customer"] == ("brightwater" if "brightwater" in heads[0] else None)
    (message,) = await messages(anna, opened["key"])
    assert (message["visibility"], message["direction"]) == ("public", "inbound")
    assert message["author"] == "unknown" or "brightwater" in heads[0]


async def test_jan_himself_does(gateway: AsyncClient, anna: AsyncClient, waiting: str) -> None:
    for sender in ("jan@acme.example", "Jan Bakker <JAN@acme.example>", "jan+phone@acme.example"):
        answer = await post(
            gateway, mail(f"From: {sender}", f"In-Reply-To: {FIRST}", "Subject: Re: x")
        )
        assert (answer["outcome"], answer["ticket"]["key"]) == ("joined", waiting), sender
    assert (await get(anna, f"/v1/tickets/{waiting}"))["state"] == "in_progress"


async def test_staff_are_told_why_a_sender_is_not_believed_and_the_customer_is_not(
    gateway: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    answer = await post(gateway, mail("From: omar@ours.example", "Subject: Close it"))
    key = answer["ticket"]["key"]
    assert (await get(anna, f"/v1/tickets/{key}"))["reporter"] == "omar@ours.example"
    (message,) = await messages(anna, key)
    assert "no DMARC pass for ours.example" in message["sender_doubt"]
    assert answer["reason"] == message["sender_doubt"]
    assigned = await anna.post(f"/v1/triage/{key}/assign-customer", json={"customer": "acme"})
    assert assigned.status_code == 200
    (message,) = await messages(jan, key)
    assert (message["sender_doubt"], message["email"]) == (None, None)


async def test_proven_staff_open_a_ticket_of_their_own_and_write_on_no_other(
    reporting: AsyncClient, anna: AsyncClient, waiting: str
) -> None:
    proof = f"Authentication-Results: {GATEWAY}; dmarc=pass header.from=ours.example"
    heads = (
        proof,
        "From: Omar <omar@ours.example>",
        f"In-Reply-To: {FIRST}",
        "Message-ID: <o@ours.example>",
    )
    answer = await post(reporting, mail(*heads, f"Subject: Re: [{waiting}] Down"))
    assert (answer["outcome"], answer["ticket"]["key"] != waiting) == ("opened", True)
    (message,) = await messages(anna, answer["ticket"]["key"])
    assert (message["author"], message["sender_doubt"]) == ("omar", None)
    again = await post(
        reporting, mail(proof, "From: omar@ours.example", "In-Reply-To: <o@ours.example>")
    )
    assert (again["outcome"], again["ticket"]) == ("joined", answer["ticket"])
    assert len(await messages(anna, waiting)) == 2


async def test_a_gateway_that_found_a_forgery_is_believed(
    reporting: AsyncClient, anna: AsyncClient, waiting: str
) -> None:
    failed = f"Authentication-Results: {GATEWAY}; dmarc=fail header.from=acme.example"
    answer = await post(reporting, mail(failed, "From: jan@acme.example", f"In-Reply-To: {FIRST}"))
    assert answer["ticket"]["key"] != waiting
    assert "DMARC failed" in answer["reason"]
    assert (await get(anna, f"/v1/tickets/{waiting}"))["state"] == "on_hold"
    follows = mail(failed, "From: jan@acme.example", f"Subject: {answer['ticket']['key']}")
    assert (await post(reporting, follows))["outcome"] == "opened"


async def test_who_is_staff_and_contact_claims_to_be_staff(
    gateway: AsyncClient, anna: AsyncClient
) -> None:
    contact = {"name": "Omar", "address": "omar@ours.example"}
    assert (await anna.post("/v1/customers/acme/contacts", json=contact)).status_code == 201
    answer = await post(gateway, mail("From: omar@ours.example", "Subject: x"))
    assert (await get(anna, f"/v1/tickets/{answer['ticket']['key']}"))["customer"] is None


async def test_a_constant_message_id_joins_nothing(gateway: AsyncClient, anna: AsyncClient) -> None:
    heads = (
        "From: jan@acme.example",
        "Message-ID: <cron@acme.example>",
        "Subject: Nightly job failed",
    )
    days = ("Mon, 7 Jan 2030", "Tue, 8 Jan 2030", "Wed, 9 Jan 2030")
    answers = [
        await post(gateway, mail(*heads, f"Date: {day} 03:00:00 +0000", text=day)) for day in days
    ]
    assert [answer["outcome"] for answer in answers] == ["opened"] * 3
    reply = await post(gateway, mail("From: jan@acme.example", "In-Reply-To: <cron@acme.example>"))
    assert reply["outcome"] == "opened"


async def test_one_mail_by_two_ways_is_one_ticket(gateway: AsyncClient) -> None:
    heads = ("From: jan@acme.example", "Message-ID: <one@acme.example>", DATE, "Subject: Down")
    first = await post(gateway, mail(*heads))
    second = await post(
        gateway, mail("List-Id: <s.ours.example>", *heads, text="Hello.\r\n-- \r\nlist")
    )
    assert (second["outcome"], second["ticket"]) == ("joined", first["ticket"])


async def test_the_same_words_without_an_id_are_sent_again_for_some_hours_only(
    gateway: AsyncClient, database: Database
) -> None:
    raw = mail("From: jan@acme.example", "Subject: Backup failed")
    first = await post(gateway, raw)
    await freeze_time(database, NINE + timedelta(hours=1))
    again = await post(gateway, raw)
    assert (again["outcome"], again["ticket"]) == ("duplicate", first["ticket"])
    await freeze_time(database, NINE + timedelta(days=1))
    next_day = await post(gateway, raw)
    assert next_day["outcome"] == "opened"
    assert (await post(gateway, raw))["ticket"] == next_day["ticket"]


async def test_a_portal_ticket_is_joined_by_its_key_and_its_customer_only(
    gateway: AsyncClient, jan: AsyncClient, anna: AsyncClient
) -> None:
    key = await open_ticket(anna)
    subject = f"Subject: {key} still down"
    assert (await post(gateway, mail("From: eve@evil.example", subject)))["ticket"]["key"] != key
    assert (await post(gateway, mail("From: jan@acme.example", subject)))["ticket"]["key"] == key


@pytest.mark.parametrize(
    "heads",
    [
        ["Subject: =?utf-8?Q?R=C3=A9ponse_automatique_=3A_Down?="],
        ["Subject: Automatic reply: Down", "X-Auto-Response-Suppress: All"],
        ["Subject: Re: Down", "Auto-Submitted: auto-replied"],
        ["Subject: Re: Down", "X-Autoreply: yes"],
    ],
)
async def test_an_absence_notice_resumes_no_clock(
    gateway: AsyncClient, anna: AsyncClient, waiting: str, heads: list[str]
) -> None:
    """I2"""
    raw = mail("From: jan@acme.example", f"In-Reply-To: {FIRST}", *heads, text="Je suis absent.")
    assert (await post(gateway, raw))["outcome"] == "ignored"
    assert (await get(anna, f"/v1/tickets/{waiting}"))["state"] == "on_hold"


async def test_a_contact_who_was_ended_is_believed_no_more(
    gateway: AsyncClient, anna: AsyncClient, waiting: str
) -> None:
    """Neither for a new ticket nor on their own, whose clock goes on waiting"""
    (jan,) = (await get(anna, "/v1/customers/acme/contacts"))["items"]
    end = f"/v1/customers/acme/contacts/{jan['id']}/end"
    assert (await anna.post(end, json={"reason": "He left"})).status_code == 200
    raw = mail("From: jan@acme.example", "Subject: Again", f"In-Reply-To: {FIRST}", DATE)
    opened = (await post(gateway, raw))["ticket"]["key"]
    assert opened != waiting
    assert (await get(anna, f"/v1/tickets/{opened}"))["customer"] is None
    assert (await get(anna, f"/v1/tickets/{waiting}"))["state"] == "on_hold"
