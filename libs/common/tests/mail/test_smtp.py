"""One contract for the SMTP transport and its fake in memory; what a server's answers mean (E19)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from common.domain.mail_headers import one_line, own_id
from common.domain.send_outcomes import (
    MAX_RETRY_DELAY,
    Delivered,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
    retry_delay,
)
from common.mail import sending, smtp
from common.mail.messages import new_message
from common.mail.smtp import MailTransport, SmtpTransport
from common.mail.smtp_settings import SmtpSettings
from opsdesk_testing.client import settings_for
from opsdesk_testing.mailboxes import InMemoryTransport, Mailbox, open_mailbox

NO_DATABASE = "postgresql://127.0.0.1/none"


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    async with open_mailbox() as mailbox:
        yield mailbox


def smtp_at(port: int) -> SmtpTransport:
    return SmtpTransport(settings_for(SmtpSettings, NO_DATABASE, smtp_server=f"127.0.0.1:{port}"))


@pytest.fixture(params=["smtp", "memory"])
def transport(request: pytest.FixtureRequest, mailbox: Mailbox) -> MailTransport:
    return (
        smtp_at(mailbox.port)
        if request.param == "smtp"
        else InMemoryTransport(refused={"gone@x.example"})
    )


def message(to: str, **headers: str) -> EmailMessage:
    mail = new_message()
    mail["From"], mail["To"], mail["Subject"] = "a@x.example", to, "Hello"
    mail["Message-ID"] = "<1@x.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail


async def test_every_transport_delivers_and_rejects(
    transport: MailTransport, mailbox: Mailbox
) -> None:
    """E19."""
    mailbox.refused = {"gone@x.example": "550 gone"}
    outcomes: list[SendOutcome] = [
        await transport.send(message(f"{name}@x.example")) for name in "ab"
    ]
    assert outcomes == [Delivered(), Delivered()]
    assert isinstance(await transport.send(message("gone@x.example")), PermanentFailure)


async def test_a_server_that_is_away_leaves_the_outcome_unknown() -> None:
    """E19."""
    outcome = await smtp_at(9).send(message("a@x.example"))
    assert isinstance(outcome, TemporaryFailure)
    assert not outcome.is_refusal, "it said nothing about this message"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            "451 4.7.1 later, jan@x.example",
            TemporaryFailure("the mail server answered 451 4.7.1", is_refusal=True),
        ),
        ("550 5.1.1 jan@x.example?", PermanentFailure("the mail server answered 550 5.1.1")),
        ("554 spam", PermanentFailure("the mail server answered 554")),
    ],
)
async def test_what_a_server_says_of_a_message_is_stored_without_the_address(
    mailbox: Mailbox, answer: str, outcome: SendOutcome
) -> None:
    mailbox.refused = {"jan@x.example": answer}
    assert await smtp_at(mailbox.port).send(message("jan@x.example")) == outcome
    mailbox.refused, mailbox.answers = {}, [answer]
    assert await smtp_at(mailbox.port).send(message("jan@x.example")) == outcome


@pytest.mark.parametrize("greeting", ["554 nobody here", "421 full"])
async def test_a_server_that_talks_to_nobody_refuses_no_recipient(greeting: str) -> None:
    async def answer(reader: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{greeting}\r\n".encode())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        outcome = await smtp_at(server.sockets[0].getsockname()[1]).send(message("a@x.example"))
    assert isinstance(outcome, TemporaryFailure)
    assert not outcome.is_refusal


async def test_a_sender_that_is_refused_is_no_fault_of_the_recipient(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> str:
        return "550 5.7.1 not you"

    monkeypatch.setattr(mailbox, "handle_MAIL", refuse, raising=False)
    outcome = await smtp_at(mailbox.port).send(message("a@x.example"))
    assert outcome == TemporaryFailure("the mail server refuses our sender (550)")


async def _answer_no_more(*_: Any) -> str:
    await asyncio.Event().wait()
    return ""


async def test_what_a_server_has_taken_is_delivered_though_it_never_says_farewell(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the same mail would be sent again and again."""
    monkeypatch.setattr(smtp, "SEND_TIMEOUT_S", 3)
    monkeypatch.setattr(smtp, "QUIT_TIMEOUT_S", 0.1)
    monkeypatch.setattr(mailbox, "handle_QUIT", _answer_no_more, raising=False)
    assert await smtp_at(mailbox.port).send(message("a@x.example")) == Delivered()
    assert mailbox.sent_to() == ["a"]


async def test_a_server_that_answers_no_more_is_left_before_the_lease_ends(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else somebody else would send the message meanwhile."""
    monkeypatch.setattr(smtp, "SEND_TIMEOUT_S", 0.2)
    monkeypatch.setattr(mailbox, "handle_DATA", _answer_no_more)
    async with asyncio.timeout(10):
        outcome = await smtp_at(mailbox.port).send(message("a@x.example"))
    assert isinstance(outcome, TemporaryFailure)


def test_a_session_is_shorter_than_a_lease() -> None:
    session_s = smtp.SEND_TIMEOUT_S + smtp.QUIT_TIMEOUT_S
    assert timedelta(seconds=session_s + 3) <= sending.LEASE_DURATION


async def test_reports_go_to_the_sender_or_to_nobody(mailbox: Mailbox) -> None:
    for envelope_sender in (None, "", "bounces@x.example"):
        assert (
            await smtp_at(mailbox.port).send(message("b@x.example"), envelope_sender) == Delivered()
        )
    assert mailbox.envelope_senders == ["a@x.example", "<>", "bounces@x.example"]


async def test_long_ids_and_long_references_arrive_as_they_are(mailbox: Mailbox) -> None:
    """Python's own headers would encode an id that is longer than a line."""
    ids = [f"<{str(number) * 120}@mail.acme.example>" for number in range(10)]
    mail = message("b@x.example", References=" ".join(ids), In_Reply_To=ids[-1])
    assert await smtp_at(mailbox.port).send(mail) == Delivered()
    head = mailbox.raw[0].partition(b"\r\n\r\n")[0]
    assert b"=?" not in head
    unfolded = head.replace(b"\r\n ", b" ").decode()
    assert f"References: {' '.join(ids)}" in unfolded
    assert f"In-Reply-To: {ids[-1]}" in unfolded
    assert max(map(len, head.split(b"\r\n"))) < 998


@pytest.mark.parametrize("name", ["Subject", "To", "References", "In-Reply-To", "Reply-To"])
def test_nobody_begins_a_header_of_their_own(name: str) -> None:
    for end in ("\r\n", "\n", "\r"):
        mail = new_message()
        with pytest.raises(ValueError, match=r"newline|CR or LF|linefeed"):
            mail[name] = f"a@x.example{end}Bcc: eve@evil.example"


@pytest.mark.parametrize(
    "words",
    [
        "=?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
        "=?utf-8?b?DQoNCkRlYXIgSmFuLCBjYWxsIG1l?=",
        "=?unicode_escape?q?=5Cu000aX:_y?= and =?utf-8?q?=0D=0A?=",
        "=?utf-7?q?+2AA-?=",
        "=?idna?q?xn--a?=",
        "Grüße =?utf-8?q?a?= " + "é" * 150,
        "a" * 200,
        "Re: [OPS-1] " + "down, " * 30,
    ],
)
async def test_a_subject_and_an_id_arrive_as_they_were_written(
    mailbox: Mailbox, words: str
) -> None:
    """What looks like an encoded word is not read as one: a line break in it would begin a header."""
    id = f"<{words.replace(' ', '')[:60].encode('ascii', 'replace').decode()}@x.example>"
    mail = message("b@x.example", In_Reply_To=id)
    del mail["Subject"]
    mail["Subject"] = words
    mail.set_content("Hello")
    assert await smtp_at(mailbox.port).send(mail) == Delivered()
    head, _, body = mailbox.raw[0].partition(b"\r\n\r\n")
    assert mailbox.messages[0]["Subject"] == words
    assert f"\r\nIn-Reply-To: {id}\r\n".encode() in head
    assert body.strip() == b"Hello"
    assert {*mailbox.messages[0]} == {*mail}
    assert max(map(len, head.split(b"\r\n"))) < 100


def test_text_for_a_header_stands_on_one_line() -> None:
    assert one_line("a\r\nBcc: b\x00\x85c\u2028d\te") == "a Bcc: b c d e"


def test_an_id_is_the_same_at_each_attempt() -> None:
    assert own_id(7, "support@meridian.example") == "opsdesk.7@meridian.example"


def test_pauses_double_up_to_the_longest() -> None:
    assert [retry_delay(n) / timedelta(seconds=1) for n in (1, 2, 3, 4)] == [5, 10, 20, 40]
    assert retry_delay(50) == MAX_RETRY_DELAY
    assert retry_delay(50, timedelta(hours=1)) == timedelta(hours=1)
