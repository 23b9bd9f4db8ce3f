"""Mails as they come: broken, hostile, by machines. Reading one never raises."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.mail.domain.auto_reply import automatic_reason
from intake.mail.domain.mail import (
    Mail,
    find_message_id,
    fingerprint,
    parse_head,
    parse_mail,
    parse_message_ids,
)
from intake.mail.domain.mime import MAX_PARTS
from intake.mail.mail_text import read_words, split_text
from intake.mail.reading import read
from intake.tickets.domain.plain_text import strip_control_characters

MAILS = Path(__file__).parent / "mails"
HEADERS = st.sampled_from(
    [
        "From",
        "To",
        "Subject",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "MIME-Version",
        "Auto-Submitted",
    ]
)
VALUES = st.sampled_from(
    [
        "multipart/mixed; boundary=b",
        "multipart/mixed; boundary*0*=x'y'z",
        "message/rfc822",
        "text/html; charset=utf-99",
        "text/plain; charset*=a'b'%ff",
        "base64",
        "x-uuencode",
        "=?utf-8?b?4p?=",
        "=?x?q?=ff?=",
        "<a@b>",
        "attachment; filename*=utf-8'",
        ";;=;=",
        "(" * 3000,
        "text/plain; charset=\x00",
        "quoted-printable",
        "/",
        "text/plain; name*1*=a",
    ]
) | st.text(max_size=60)
LINES = st.sampled_from(["--b", "--b--", "", "begin 644 f", "=", "\x00", "SGVsbG8", "Ü\udcff"])


def raw(name: str) -> bytes:
    return (MAILS / f"{name}.eml").read_bytes()


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    heads = draw(st.lists(st.tuples(HEADERS, VALUES), max_size=8))
    body = draw(st.lists(LINES | st.text(max_size=30), max_size=12))
    text = "\r\n".join([*(f"{name}: {value}" for name, value in heads), "", *body])
    return text.encode("utf-8", "surrogatepass")


def extract_reply(mail: Mail) -> str:
    """What the sender wrote: of a reply only the new text, of a first mail everything."""
    return split_text(mail, read_words(mail).text).text


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400) | mails())
@example(b"")
@example(b"\x00" * 100)
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n")
def test_whatever_arrives_can_be_read_and_stored(data: bytes) -> None:
    mail = parse_mail(data)
    words = read_words(mail)
    for text in (extract_reply(mail), words.text, mail.subject, mail.sender_name, words.html):
        (text or "").encode()  # no lone surrogate
        assert "\x00" not in (text or "")
    assert automatic_reason(mail) is None or mail.headers or mail.sender
    assert read(data).mail.attachments[: len(mail.attachments)] == mail.attachments
    assert len(fingerprint(data)) == 64
    assert len(find_message_id(data)) <= 250


@pytest.mark.parametrize("name", sorted(path.stem for path in MAILS.glob("*.eml")))
def test_every_mail_of_the_corpus_says_something(name: str) -> None:
    assert extract_reply(parse_mail(raw(name)))


def test_a_mail_without_headers_is_all_text() -> None:
    mail = parse_mail(raw("no-headers"))
    assert (mail.sender, mail.message_id, mail.subject) == (None, None, "")
    assert extract_reply(mail) == "The system is down, call me: Jan"


def test_an_unknown_charset_keeps_its_words() -> None:
    mail = parse_mail(raw("unknown-charset"))
    assert mail.sender == "jan@acme.example"
    assert mail.subject == "Hello there"
    assert extract_reply(mail) == "Grüße from nowhere"


def test_three_hundred_nested_parts_are_read() -> None:
    head = "".join(
        f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n'
        for depth in range(300)
    )
    mail = parse_mail(f"From: jan@acme.example\n{head}\n\nstill here\n".encode())
    assert (extract_reply(mail), mail.defects) == ("still here", ())


def test_nesting_that_would_take_minutes_is_not_read_but_kept_in_sight() -> None:
    part = 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 3000
    mail = parse_mail(f"From: jan@acme.example\nSubject: deep\n{part}".encode())
    assert (mail.sender, mail.subject) == ("jan@acme.example", "deep")
    assert mail.defects


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_beginning_of_a_mail_has_its_first_words(end: bytes) -> None:
    lines = [b"From: jan@acme.example", b"Subject: Down", b"", b"All is down.", b"", b"Jan"]
    mail = parse_head(end.join(lines))
    assert mail.subject == "Down"
    assert [part.text.splitlines()[0] for part in mail.texts] == ["All is down."]


def test_thirty_mebibytes_of_parts_stay_bounded() -> None:
    part = "--b\nContent-Type: text/plain\n\nx\n"
    count = 60_000
    data = b"Content-Type: multipart/mixed; boundary=b\n\n" + part.encode() * count
    assert len(parse_mail(data).attachments) <= MAX_PARTS


def test_the_sender_is_compared_in_lower_case() -> None:
    mail = parse_mail(raw("first"))
    assert (mail.sender, mail.sender_name) == ("jan@acme.example", "Jan de Vries")


def test_a_reply_holds_only_the_new_words() -> None:
    assert extract_reply(parse_mail(raw("reply"))) == "It is worse now: 600 waiting."


def test_a_first_mail_keeps_what_it_forwards() -> None:
    mail = EmailMessage()
    mail.set_content("See below.\n\nOn Monday, Bob <b@c.example> wrote:\n> it broke\n")
    assert "it broke" in extract_reply(parse_mail(mail.as_bytes()))


def test_html_is_made_safe_and_readable() -> None:
    mail = parse_mail(raw("reply-dutch-html"))
    assert extract_reply(mail) == "Het kost nu € 600 per uur.\nGroet,\nJan"
    shown = read_words(mail).html or ""
    assert not any(bad in shown for bad in ("script", "onclick", "img", "style", "tracker"))


def test_attachments_are_known_by_name_type_and_size() -> None:
    mail = parse_mail(raw("attachment"))
    assert extract_reply(mail).startswith("See the picture.")
    assert [(one.name, one.media_type, one.size) for one in mail.attachments] == [
        ("Bildschirmübersicht.png", "image/png", 8),
        ("forwarded.eml", "message/rfc822", 55),
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("auto-reply", "auto-submitted"),
        ("bounce", "auto-submitted"),
        ("newsletter", None),
        ("own-mail", "our own mail came back"),
        ("first", None),
        ("reply", None),
        ("unknown-sender", None),
    ],
)
def test_a_machine_is_told_from_a_person(name: str, reason: str | None) -> None:
    assert automatic_reason(parse_mail(raw(name))) == reason


def test_one_mail_by_two_ways_is_one_mail() -> None:
    first = raw("first")
    other = b"Received: from elsewhere\r\n" + first.replace(b"\n", b"\r\n")
    assert fingerprint(first) == fingerprint(other)
    assert fingerprint(first) != fingerprint(first.replace(b"412", b"413"))
    assert fingerprint(first) != fingerprint(first.replace(b"Jan@Acme", b"eve@acme"))


def test_mails_without_headers_are_told_apart_by_their_words() -> None:
    words = [b"down", b"up", b"\ndown", b"From: a\ndown", b"From: a\nup", b"From: a\n\nup", b""]
    assert len({fingerprint(word) for word in words}) == len(words)
    assert find_message_id(b"Received: x\nMessage-ID:\n <a@b>\n\nMessage-ID: <c@d>") == "a@b"
    assert find_message_id(b"no mail\n\nMessage-ID: <a@b>\n") == ""


def test_very_many_references_keep_the_first_and_the_newest() -> None:
    ids = parse_message_ids(" ".join(f"<{number}@a>" for number in range(60)))
    assert (ids[0], ids[-1], len(ids)) == ("0@a", "59@a", 50)


def test_control_characters_do_not_reach_the_database() -> None:
    assert strip_control_characters("a\x00b\r\nc\ud800") == "ab\nc"
