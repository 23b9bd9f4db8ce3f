"""A mail may be made to keep us busy: it is stored, shown to a person, and stops nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from common.confinement import Confinement, ConfinementUnavailable, Limits
from common.http import state_of
from common.persistence.database import Database
from intake.mail import mail_reader, rereading
from intake.mail.reading import ReadMail
from intake.mail.rereading import MailRereader
from intake.mail.routes import receive
from intake_support.stopped import crash, read_while_stopped
from intake_support.tickets import event_types
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.responsiveness import longest_computing_unanswered

pytestmark = pytest.mark.thorough

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
MEDIA = {"Content-Type": "message/rfc822"}
FROM = b"From: jan@acme.example\nSubject: It is down\nMessage-ID: <%d@acme.example>\n"
HTML = b"Content-Type: text/html\n\n"
PART = b"Content-Type: multipart/mixed; boundary=q\n\n--q\nContent-Disposition: attachment; "
LIVE_WITHIN_S = 2.0
"""Seconds of computing within which `/health/live` must answer; a frozen loop takes as long as the mail."""

HOSTILE = {
    "blanks without a line end": b"\n" + b" " * 120_000,
    "blanks without a line end in the head": b" " * 120_000,
    "nested blocks": HTML + b"<div>" * 200_000,
    "many short headers": b"a: b\n" * 2_000_000 + b"\nwords",
    "one long header": b"X-Long: " + b"a" * 10_000_000 + b"\n\nwords",
    "a list of addresses": b"Cc: " + b"(" * 1_000_000 + b"\n\nwords",
    "encoded words": b"Comments: " + b"=?utf-8?q?" * 200_000 + b"\n\nwords",
    "parameters that quote": PART + b'a="\\";' * 300_000 + b"\n\nwords\n--q--\n",
    "parameters that quote before a boundary": PART
    + b"x=y\nContent-Type: multipart/mixed; "
    + b'a="\\";' * 300_000
    + b"\n\nwords\n--q--\n",
    "end tags of nothing": HTML + b"<div>" * 40_000 + b"</x>" * 40_000,
    "crossed tags": HTML + b"".join(b"<p><font color=%d></p>" % n for n in range(30_000)),
    "quotes in quotes": HTML + b"<blockquote>x" * 20_000,
    "a file name in pieces": PART
    + b"".join(b"f*%d=a;" % n for n in range(200_000))
    + b"\n\nx\n--q--",
    "a charset that compares everything": b"Content-Type: text/plain; charset=idna\n\n"
    + b"a" * 9**7,
}


async def post(gateway: AsyncClient, mail: bytes) -> Response:
    return await gateway.post("/v1/emails", content=mail, headers=MEDIA)


async def messages(anna: AsyncClient, key: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await anna.get(f"/v1/tickets/{key}/messages")).json()["items"]
    return items


@pytest.mark.parametrize("what", HOSTILE)
async def test_whatever_a_mail_holds_it_becomes_a_ticket_and_the_service_answers(
    app: FastAPI, gateway: AsyncClient, anna: AsyncClient, what: str
) -> None:
    raw = FROM % 1 + HOSTILE[what]
    sending = asyncio.create_task(post(gateway, raw))
    assert await longest_computing_unanswered(app, sending) < LIVE_WITHIN_S
    answer = await sending
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] in ("opened", "unreadable")
    ticket = (await anna.get(f"/v1/tickets/{answer.json()['ticket']['key']}")).json()
    assert (ticket["customer"], ticket["title"]) == ("acme", "It is down")
    stored = await anna.get(f"/v1/emails/{answer.json()['id']}/raw")
    assert stored.content == raw


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """One second of computing for a mail."""
    brief = Confinement("mail-test", Limits(cpu_s=1, wall_s=10, memory_mib=768))
    monkeypatch.setattr(mail_reader, "WHOLE", brief)


POISON = FROM + HOSTILE["parameters that quote before a boundary"]


@pytest.mark.usefixtures("short")
async def test_a_mail_that_cannot_be_read_is_shown_to_a_person(
    gateway: AsyncClient, anna: AsyncClient, jan: AsyncClient, database: Database
) -> None:
    answer = (await post(gateway, POISON % 1)).json()
    assert (answer["outcome"], answer["reason"]) == (
        "unreadable",
        "not read: it takes longer than 1 s to read",
    )
    key = answer["ticket"]["key"]
    beginning, note = await messages(anna, key)
    assert 'a="\\";' in beginning["text"]
    assert (beginning["visibility"], note["visibility"]) == ("public", "internal")
    assert f"GET /v1/emails/{answer['id']}/raw" in note["text"]
    assert len(await messages(jan, key)) == 1
    listed = (await anna.get("/v1/emails?outcome=unreadable")).json()["items"]
    assert [one["id"] for one in listed] == [answer["id"]]
    assert await event_types(database) == ["opened"]
    async with database.transaction() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM deadlines WHERE due_at IS NOT NULL")) == 0


@pytest.mark.usefixtures("short")
async def test_an_unreadable_mail_that_comes_again_is_not_read_again(
    gateway: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = (await post(gateway, POISON % 1)).json()
    monkeypatch.setattr(mail_reader, "WHOLE", None)
    again = (await post(gateway, POISON % 1)).json()
    assert (again["outcome"], again["ticket"]) == ("duplicate", first["ticket"])


@pytest.mark.usefixtures("short")
async def test_mails_that_take_long_hold_no_connection(
    app: FastAPI, gateway: AsyncClient, anna: AsyncClient
) -> None:
    pool = state_of(app).runtime.database.engine.pool
    sending = [asyncio.create_task(post(gateway, POISON % number)) for number in range(8)]
    fewest = len(sending)
    while not any(one.done() for one in sending):
        stored = (await anna.get("/v1/emails?outcome=received")).json()["items"]
        if len(stored) == len(sending):  # all are being read
            fewest = min(fewest, pool.checkedout())  # type: ignore[attr-defined]  # of QueuePool
        await asyncio.sleep(0.02)  # a probe: the fewest of all moments counts
    answers = await asyncio.gather(*sending)
    assert {one.json()["outcome"] for one in answers} == {"unreadable"}
    assert fewest < len(sending)


async def test_not_even_the_beginning_can_be_read_and_still_there_is_a_ticket(
    gateway: AsyncClient, anna: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_reader, "read", crash)
    monkeypatch.setattr(mail_reader, "read_beginning", crash)
    answer = (await post(gateway, FROM % 1 + b"\nwords")).json()
    assert answer["outcome"] == "unreadable"
    ticket = (await anna.get(f"/v1/tickets/{answer['ticket']['key']}")).json()
    assert (ticket["customer"], ticket["title"]) == (None, "(a mail that could not be read)")


async def test_a_mail_whose_process_was_ended_by_others_is_read_later(
    gateway: AsyncClient, anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop of the service says nothing about the mail."""
    with monkeypatch.context() as patched:
        patched.setattr(mail_reader, "read", read_while_stopped)
        answer = await post(gateway, FROM % 1 + b"\nwords")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "received")
    await freeze_time(database, NINE + timedelta(minutes=1))
    assert await MailRereader(database).process_waiting() == 1
    assert await event_types(database) == ["opened"]


async def test_a_mail_that_a_busy_machine_has_no_time_for_is_read_later(
    gateway: AsyncClient, anna: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real time that is used up says nothing about the mail: computing time does."""
    with monkeypatch.context() as patched:
        hurried = Confinement("mail-test", Limits(cpu_s=5, wall_s=0.001, memory_mib=768))
        patched.setattr(mail_reader, "WHOLE", hurried)
        answer = await post(gateway, FROM % 1 + b"\nwords")
    assert (answer.status_code, answer.json()["outcome"]) == (202, "received")
    await freeze_time(database, NINE + timedelta(minutes=1))
    assert await MailRereader(database).process_waiting() == 1
    assert await event_types(database) == ["opened"]


async def test_a_mail_of_more_parts_than_are_shown_says_so_on_its_ticket(
    gateway: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    file = b'--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename="f.csv"\n\n1\n'
    words = b"--b\nContent-Type: text/plain\n\n%s\n"
    mail = FROM % 1 + b"Content-Type: multipart/mixed; boundary=b\n\n" + words % b"first"
    mail += file * 1_100 + words % b"PRODUCTION DOWN" + b"--b--\n"
    answer = (await post(gateway, mail)).json()
    assert (answer["outcome"], answer["reason"]) == ("opened", "more than 1,000 parts")
    shown, note = await messages(anna, answer["ticket"]["key"])
    assert "PRODUCTION DOWN" in shown["text"]
    assert f"GET /v1/emails/{answer['id']}/raw" in note["text"]
    assert len(await messages(jan, answer["ticket"]["key"])) == 1


async def test_a_raw_mail_is_for_staff_alone(
    gateway: AsyncClient, anna: AsyncClient, jan: AsyncClient
) -> None:
    mail = EmailMessage()
    mail["From"] = "jan@acme.example"
    mail.set_content("Grüße")
    id = (await post(gateway, mail.as_bytes())).json()["id"]
    answer = await anna.get(f"/v1/emails/{id}/raw")
    assert answer.content == mail.as_bytes()
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"] == f'attachment; filename="{id}.eml"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await jan.get(f"/v1/emails/{id}/raw")).status_code == 403
    assert (await gateway.get(f"/v1/emails/{id}/raw")).status_code == 403
    unknown = "01900000-0000-7000-8000-000000000000"
    assert (await anna.get(f"/v1/emails/{unknown}/raw")).status_code == 404


async def test_a_mail_that_fails_again_stops_no_other_and_is_tried_less_often(
    gateway: AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bytes] = []
    whole = mail_reader.read_mail

    async def read_mail(raw: bytes) -> ReadMail:
        tried.append(raw)
        if b"never" in raw:
            raise ConfinementUnavailable("no process could be had")
        return await whole(raw)

    async def busy(_: bytes) -> ReadMail:
        raise ConfinementUnavailable("no process could be had")

    with monkeypatch.context() as patched:
        patched.setattr(receive, "read_mail", busy)
        for number, words in enumerate((b"never", b"later")):
            assert (await post(gateway, FROM % number + b"\n" + words)).status_code == 202
    monkeypatch.setattr(rereading, "read_mail", read_mail)
    rereader = MailRereader(database)
    assert await rereader.process_waiting() == 0, "whoever took them may be reading them"
    await freeze_time(database, NINE + timedelta(minutes=1))
    assert await rereader.process_waiting() == 1
    assert await rereader.process_waiting() == 0
    assert len(tried) == 2
