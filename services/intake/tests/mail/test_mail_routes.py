"""A customer writes an e-mail (J1): over HTTP, committed for real."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.confinement import ConfinementUnavailable
from common.persistence.database import Database
from intake.mail.rereading import MailRereader
from intake.mail.routes import receive
from intake.timers import TIMERS
from intake_support.tickets import event_types
from opsdesk_testing.protocol import fire_due, freeze_time, outbox_events

MAILS = Path(__file__).parent / "mails"
NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MEDIA = {"Content-Type": "message/rfc822"}


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


async def post(gateway: AsyncClient, mail: str | bytes) -> Response:
    body = raw(mail) if isinstance(mail, str) else mail
    return await gateway.post("/v1/emails", content=body, headers=MEDIA)


async def messages(anna: AsyncClient, key: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    return items


async def test_a_contacts_mail_becomes_a_ticket(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """J1: known by the address, without a customer number."""
    answer = await post(gateway, "first")
    assert answer.status_code == 201
    key = answer.json()["ticket"]["key"]
    ticket = (await anna.get(f"/v1/tickets/{key}")).json()
    assert (ticket["customer"], ticket["environment"], ticket["priority"], ticket["channel"]) == (
        "acme",
        "acme-prod",
        "major",
        "email",
    )
    assert ticket["title"] == "Invoices are not sent"
    assert "412 waiting" in (await messages(anna, key))[0]["text"]
    assert await event_types(database) == ["opened"]
    assert "jan@acme" not in str([one.body for one in await outbox_events(database)])


async def test_a_thread_is_one_ticket_in_every_order_of_arrival(gateway: AsyncClient) -> None:
    """J1"""
    orders = list(permutations(["first", "reply", "reply-dutch-html"]))
    for number, order in enumerate(orders):
        # Six threads that know nothing of each other.
        mails = [raw(name).replace(b"@acme.example>", b"@%d.example>" % number) for name in order]
        mails = [mail.replace(b"jan@%d.example" % number, b"jan@acme.example") for mail in mails]
        mails = [mail.replace(b"Jan@Acme.example", b"jan@acme.example") for mail in mails]
        answers = [(await post(gateway, mail)).json() for mail in mails]
        assert len({one["ticket"]["key"] for one in answers}) == 1, order
        assert [one["outcome"] for one in answers] == ["opened", "joined", "joined"], order


async def test_a_thread_that_arrives_all_at_once_is_one_ticket(gateway: AsyncClient) -> None:
    """J1"""
    names = ["first", "reply", "reply-dutch-html"]
    answers = await asyncio.gather(*(post(gateway, name) for name in names))
    assert len({one.json()["ticket"]["key"] for one in answers}) == 1


async def test_a_mail_that_arrives_twice_is_one_message(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """J1: also by another way, and at the same time."""
    other_way = b"Received: from elsewhere\r\n" + raw("first").replace(b"\n", b"\r\n")
    answers = await asyncio.gather(post(gateway, "first"), post(gateway, other_way))
    again = await post(gateway, "first")
    key = again.json()["ticket"]["key"]
    assert {one.json()["ticket"]["key"] for one in answers} == {key}
    assert again.json()["outcome"] == "duplicate"
    assert len(await messages(anna, key)) == 1
    assert await event_types(database) == ["opened"]


async def test_a_reply_joins_and_says_so(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """J1"""
    key = (await post(gateway, "first")).json()["ticket"]["key"]
    await post(gateway, "reply")
    assert [one["text"] for one in await messages(anna, key)][1] == "It is worse now: 600 waiting."
    assert await event_types(database) == ["opened", "customer_replied"]


async def test_an_unknown_sender_gets_a_ticket_for_triage_and_sees_nothing(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    first = (await post(gateway, "first")).json()["ticket"]["key"]
    answer = (
        await post(gateway, raw("unknown-sender").replace(b"OPS-1042", first.encode()))
    ).json()
    assert answer["ticket"]["key"] != first
    ticket = (await anna.get(f"/v1/tickets/{answer['ticket']['key']}")).json()
    assert (ticket["customer"], ticket["reporter"]) == (None, "stranger@elsewhere.example")
    opened = (await outbox_events(database))[-1].body
    assert (opened["needs_triage"], opened["customer"]) == (True, None)
    assert len(await messages(anna, first)) == 1
    listed = (await anna.get("/v1/tickets?needs_triage=true")).json()["items"]
    assert [one["key"] for one in listed] == [ticket["key"]]


async def test_triage_gives_the_ticket_its_customer_once(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    key = (await post(gateway, "unknown-sender")).json()["ticket"]["key"]
    path, assignment = f"/v1/triage/{key}/assign-customer", {"customer": "acme"}
    foreign = await anna.post(path, json=assignment | {"environment": "brightwater-prod"})
    assert foreign.status_code == 422
    assigned = await anna.post(path, json=assignment | {"environment": "acme-prod"})
    assert (assigned.json()["customer"], assigned.json()["environment"]) == ("acme", "acme-prod")
    assert await event_types(database) == ["opened", "triaged"]
    assert (await anna.post(path, json={"customer": "brightwater"})).status_code == 409


async def test_a_machines_mail_is_kept_and_opens_no_ticket(
    gateway: AsyncClient, anna: AsyncClient, database: Database
) -> None:
    """No loop."""
    ids = []
    for name in ("auto-reply", "bounce", "own-mail"):
        answer = await post(gateway, name)
        assert (answer.status_code, answer.json()["outcome"]) == (202, "ignored"), name
        assert answer.json()["ticket"] is None
        ids.append(answer.json()["id"])
    assert await event_types(database) == []
    ignored = (await anna.get("/v1/emails")).json()["items"]
    assert [one["id"] for one in ignored] == ids[::-1]


async def test_whatever_is_wrong_with_a_mail_it_becomes_a_ticket(
    gateway: AsyncClient, anna: AsyncClient
) -> None:
    odd = ("no-headers", "no-header-separator", "broken-mime", "unknown-charset", "nul")
    for name in (*odd, "attachment"):
        answer = await post(gateway, name)
        assert answer.status_code == 201, name
        (message,) = await messages(anna, answer.json()["ticket"]["key"])
        assert message["text"], name


async def test_three_hundred_nested_parts_become_a_ticket(gateway: AsyncClient) -> None:
    part = 'Content-Type: multipart/mixed; boundary="b{0}"\n\n--b{0}\n'
    nested = "From: jan@acme.example\n" + "".join(part.format(depth) for depth in range(300))
    assert (await post(gateway, nested.encode())).status_code == 201


async def test_thirty_mebibytes_are_too_many_and_twenty_are_not(gateway: AsyncClient) -> None:
    head = b"From: jan@acme.example\nContent-Type: application/pdf\n\n"
    line = b"x" * 76 + b"\n"
    large = await post(gateway, head + line * (30 * 2**20 // 77))
    assert (large.status_code, large.json()["limit"]) == (413, 25 * 2**20)
    assert (await post(gateway, head + line * (20 * 2**20 // 77))).status_code == 201


async def test_only_raw_mail_is_taken(gateway: AsyncClient, anna: AsyncClient) -> None:
    as_json = await gateway.post("/v1/emails", json={"from": "jan"})
    assert as_json.status_code == 415
    assert (await post(gateway, b"")).status_code == 422
    assert (await post(anna, "first")).status_code == 403


async def test_a_mail_that_could_not_be_understood_is_later(
    gateway: AsyncClient, anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accepted means kept: whatever breaks after the mail was committed."""

    async def broken(_: bytes) -> None:
        raise ConfinementUnavailable("no process could be had")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "read_mail", broken)
        answer = await post(gateway, "first")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "received")
    assert await event_types(database) == []
    waiting = (await anna.get("/v1/emails?outcome=received")).json()["items"]
    assert len(waiting) == 1
    await freeze_time(database, NINE + timedelta(minutes=1))
    assert await MailRereader(database).process_waiting() == 1
    assert await event_types(database) == ["opened"]
    opened = (await outbox_events(database))[-1].body
    assert opened["opened_at"] == "2030-01-07T09:00:00Z"  # when it came, not when it was read
    assert (await post(gateway, "first")).json()["outcome"] == "duplicate"


async def test_a_mail_that_was_understood_leaves_nothing_to_fire(
    gateway: AsyncClient, database: Database
) -> None:
    await post(gateway, "first")
    await post(gateway, "auto-reply")
    await freeze_time(database, NINE + timedelta(days=1))
    await fire_due(database, TIMERS)
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM firings")) == 0
