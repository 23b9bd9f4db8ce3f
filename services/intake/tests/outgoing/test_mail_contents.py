"""What a mail to a customer says, and that nobody else writes its headers."""

import email
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.policy import default
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.send_outcomes import Delivered, PermanentFailure, TemporaryFailure
from intake.mail.domain.thread import ticket_keys_in
from intake.outgoing.domain.answer_text import Quotation, answer_text, subject_of
from intake.outgoing.domain.bounce import read_bounce
from intake.outgoing.domain.contents import Contents
from intake.outgoing.domain.conversation import (
    MAX_REFERENCES,
    Exchanged,
    ThreadPosition,
    position_after,
)
from intake.outgoing.domain.outgoing_mail import (
    MAX_REFUSALS,
    OutgoingMail,
    Retry,
    Settled,
    after_attempt,
    mail_id,
)
from intake.outgoing.outgoing_message import build_message
from intake.settings import IntakeSettings
from intake.tickets.domain.message import MailPurpose
from intake_support.outgoing import delivery_report
from opsdesk_testing.client import settings_for

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
SETTINGS = settings_for(
    IntakeSettings,
    "postgresql://127.0.0.1/none",
    smtp_server="127.0.0.1:25",
    mail_from="support@ours.example",
)
MAIL = OutgoingMail(
    "answer",
    ticket_id=UUID(int=1),
    message_id=UUID(int=2),
    contact_id=UUID(int=3),
    planned_at=NINE,
    own_id="opsdesk.7@ours.example",
    in_reply_to="1@acme.example",
    referred_ids=("0@acme.example", "1@acme.example"),
)
CONTENTS = Contents(
    key="OPS-1021",
    title="Invoices are not sent",
    text="Dear Jan,\n\nwe found it.\n\nKind regards, Anna",
    name="Jan Bakker",
    address="jan@acme.example",
    language="nl",
    zone="Europe/Amsterdam",
)
PURPOSES: tuple[MailPurpose, ...] = ("answer", "receipt")
HEADERS = {
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}


def test_the_subject_carries_the_key_as_threading_reads_it() -> None:
    assert subject_of("OPS-1021", "Down", is_answer=False) == "[OPS-1021] Down"
    assert subject_of("OPS-1021", "Down", is_answer=True) == "Re: [OPS-1021] Down"
    assert subject_of("OPS-1021", "RE: Aw:  Fwd: Down", is_answer=True) == "Re: [OPS-1021] Down"
    assert subject_of("OPS-1021", "Re: [OPS-1021] Down", is_answer=True) == "Re: [OPS-1021] Down"
    assert ticket_keys_in(subject_of("OPS-1021", "x", is_answer=True)) == ("OPS-1021",)


def test_below_the_answer_stands_a_little_of_what_it_answers() -> None:
    quoted = Quotation("Jan", NINE, "\n".join(f"line {n}" for n in range(40)))
    text = answer_text("We found it.", quoted, "Europe/Amsterdam")
    answer, _, quotation = text.partition("\n\n")
    assert answer == "We found it."
    lines = quotation.splitlines()
    assert lines[:2] == ["Jan, 2030-01-07 10:00 CET:", "> line 0"]
    assert lines[-1] == "> […]"
    assert len(lines) == 14


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_every_line_that_is_not_ours_is_marked(answer: str, quoted: str) -> None:
    text = answer_text(answer, Quotation("Jan", NINE, quoted), "UTC")
    after = text[len(answer.strip()) :].split("UTC:\n", 1)[1]
    assert all(line.startswith(">") for line in after.split("\n") if line)
    assert len(after) < 1200


@given(
    title=st.text(max_size=300),
    name=st.text(max_size=100),
    words=st.text(max_size=500),
    purpose=st.sampled_from(PURPOSES),
)
def test_nobody_writes_our_headers(title: str, name: str, words: str, purpose: MailPurpose) -> None:
    """No CR or LF in a title or a name begins a header, whatever else stands there."""
    mail = replace(MAIL, purpose=purpose)
    contents = replace(
        CONTENTS, title=f"{title}\r\nBcc: eve@evil.example", name=f"{name}\nX: y", text=words
    )
    sent = email.message_from_bytes(
        build_message(mail, contents, SETTINGS).as_bytes(), policy=default
    )
    assert {*sent} <= HEADERS
    assert len(sent.items()) == len({*sent})
    assert [address.addr_spec for address in sent["To"].addresses] == ["jan@acme.example"]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_nobody_writes_our_headers_or_our_text_in_encoded_words(purpose: MailPurpose) -> None:
    """RFC 2047: a mail's subject that is encoded twice becomes such a title, the portal takes it at once."""
    for hidden in ("=0D=0ABcc:_eve@evil.example", "=0D=0A=0D=0ACall_me:_Eve", "=ED=A0=80"):
        title = f"Down =?utf-8?q?{hidden}?="
        message = build_message(
            replace(MAIL, purpose=purpose), replace(CONTENTS, title=title), SETTINGS
        )
        sent = email.message_from_bytes(message.as_bytes(), policy=default)
        assert {*sent} <= HEADERS
        assert str(sent["Subject"]).endswith(title)
        assert sent.get_content() == message.get_content()


@pytest.mark.parametrize(
    "address",
    ["a@x.example,b@y.example", "<a@x.example>", "a@x.example>", "a;b@x.example", "a@x@y", "x", ""],
)
def test_an_address_is_one_mailbox_or_none(address: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        build_message(MAIL, replace(CONTENTS, address=address), SETTINGS)


def test_an_answer_threads_and_a_receipt_says_what_it_is() -> None:
    answer = build_message(MAIL, CONTENTS, SETTINGS)
    assert answer["Message-ID"] == "<opsdesk.7@ours.example>"
    assert answer["In-Reply-To"] == "<1@acme.example>"
    assert answer["References"] == "<0@acme.example> <1@acme.example>"
    assert answer["Auto-Submitted"] is None, "a person wrote it"
    receipt = build_message(replace(MAIL, purpose="receipt"), CONTENTS, SETTINGS)
    assert receipt["Auto-Submitted"] == "auto-replied"
    assert "Het nummer is OPS-1021" in receipt.get_content()
    assert "we found it" not in receipt.get_content(), "a receipt repeats nothing"
    unknown = replace(CONTENTS, language="xx")
    receipt = build_message(replace(MAIL, purpose="receipt"), unknown, SETTINGS)
    assert "Its number is OPS-1021" in receipt.get_content()


def test_the_same_mail_is_the_same_bytes() -> None:
    one, other = (build_message(MAIL, CONTENTS, SETTINGS).as_bytes() for _ in range(2))
    assert one == other
    assert mail_id("answer", UUID(int=2), UUID(int=3)) == MAIL.id
    assert mail_id("receipt", UUID(int=2), UUID(int=3)) != MAIL.id


def theirs(id: str) -> Exchanged:
    return Exchanged(id, is_theirs=True)


def ours(id: str) -> Exchanged:
    return Exchanged(id, is_theirs=False)


@pytest.mark.parametrize(
    ("exchanged", "position"),
    [
        ([], ThreadPosition()),
        ([theirs("a@x")], ThreadPosition("a@x", ("a@x",))),
        ([theirs("a@x"), ours("o@y")], ThreadPosition("a@x", ("a@x",))),
        ([theirs("a@x"), ours("o@y"), theirs("b@x")], ThreadPosition("b@x", ("a@x", "o@y", "b@x"))),
        ([ours("o@y"), ours("p@y")], ThreadPosition("p@y", ("o@y", "p@y"))),
        ([theirs("")], ThreadPosition()),
        ([theirs("a@x\r\nBcc: e@x"), theirs("b>@x"), theirs("ü@x")], ThreadPosition()),
    ],
)
def test_our_mail_answers_the_customers_last_one(
    exchanged: list[Exchanged], position: ThreadPosition
) -> None:
    assert position_after(exchanged) == position


def test_a_long_thread_is_known_by_its_first_mail_and_the_last_ones() -> None:
    position = position_after([theirs(f"{number}@x") for number in range(100)])
    assert len(position.references) == MAX_REFERENCES
    assert (position.references[0], position.references[-1]) == ("0@x", "99@x")
    assert position.in_reply_to == "99@x"


def test_what_the_mail_server_says_decides_what_becomes_of_a_mail() -> None:
    tried = replace(MAIL, attempts=1)
    assert after_attempt(tried, Delivered()) == Settled("sent")
    assert after_attempt(tried, PermanentFailure("550 5.1.1")) == Settled("failed", "550 5.1.1")
    later = TemporaryFailure("451", is_refusal=True)
    assert after_attempt(tried, later) == Retry(timedelta(seconds=5), "451", 1)
    last = replace(MAIL, attempts=400, refusals=MAX_REFUSALS - 1)
    assert after_attempt(last, later) == Settled("failed", f"451, {MAX_REFUSALS} times in a row")


def test_a_mail_server_that_is_away_is_waited_for_without_end() -> None:
    away = TemporaryFailure("no answer")
    waited = after_attempt(replace(MAIL, attempts=100_000), away)
    assert waited == Retry(timedelta(minutes=5), "no answer", 0)


ID = UUID(int=77)


def test_a_report_names_the_mail_that_came_back() -> None:
    bounce = read_bounce(delivery_report(f"<opsdesk.{ID}@ours.example>"))
    assert bounce is not None
    assert (bounce.mails, bounce.problem) == ((ID,), "it came back 5.1.1")


@pytest.mark.parametrize(
    "raw",
    [
        delivery_report(f"<opsdesk.{ID}@ours.example>", action="delayed", status="4.4.1"),
        delivery_report(f"<opsdesk.{ID}@ours.example>", action="delivered", status="2.0.0"),
        delivery_report("<1@acme.example>"),
        delivery_report("<opsdesk.7@ours.example>"),
        b"",
    ],
)
def test_other_reports_give_nothing_back(raw: bytes) -> None:
    assert read_bounce(raw) is None
