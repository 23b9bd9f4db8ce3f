"""Whom a mail is from (I1): nothing that an outsider writes makes him another."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.directory.domain.address import normalise, without_tag
from intake.mail.domain.mail import Mail, parse_mail
from intake.mail.domain.mailbox import parse_only_mailbox

JAN = "jan@acme.example"
EVE = "eve@evil.example"


def encoded(text: str) -> str:
    return f"=?utf-8?B?{b64encode(text.encode()).decode()}?="


def sent_by(*heads: str) -> Mail:
    return parse_mail("\r\n".join([*heads, "Subject: x", "", "Hello."]).encode())


@pytest.mark.parametrize(
    "header",
    [
        f'"{JAN}" <{EVE}>',
        f"{JAN} <{EVE}>",
        f"{encoded(JAN)} <{EVE}>",
        f"{encoded(f'Jan <{JAN}>')} <{EVE}>",
        f"{encoded(f'{JAN},')} <{EVE}>",
        f"=?utf-8?Q?jan=40acme.example?= <{EVE}>",
        f"=?utf-8?Q?Jan_=3Cjan=40acme.example=3E=2C?= <{EVE}>",
        f"=?iso-2022-jp?B?GyRCJSIbKEI=?= ({JAN}) <{EVE}>",
        f'"Jan <{JAN}>," <{EVE}>',
        f'"Jan \\" <{JAN}>" <{EVE}>',
        f"({JAN}) {EVE}",
        f"{EVE} (Jan <{JAN}>)",
        f'"{JAN}"\r\n <{EVE}>',
        f"Jan Bakker\r\n\t<{EVE}>",
        f'<{EVE}> "{JAN}"',
    ],
)
def test_a_name_is_no_address(header: str) -> None:
    assert sent_by(f"From: {header}").sender == EVE


@pytest.mark.parametrize(
    "header",
    [
        f"{JAN}, {EVE}",
        f"{EVE}, {JAN}",
        f"<{JAN}>, <{EVE}>",
        f"<{JAN}> <{EVE}>",
        f"{JAN} {EVE}",
        f"{JAN};{EVE}",
        f"<{JAN}> {EVE}",
        f"Jan <{JAN}> <{EVE}>",
        f"Team: {JAN}, {EVE};",
        f"<{JAN}<{EVE}>",
        f"<<{JAN}><{EVE}>>",
        f"<<{JAN}> {EVE}>",
        f"<mailto:{JAN} mailto:{EVE}>",
        f"<jan@acme .example {EVE}>",
        f"<@{EVE}:{JAN}>",
        f"{encoded(f'Jan <{JAN}>')}",
        f"{encoded(JAN)}",
        f"=?utf-8?Q?{JAN}?=",
        f"<{encoded(JAN)}>",
        f"{encoded('jan')}@acme.example",
        "=?utf-8?Q?jan=40acme.example=00?=@evil.example",
        f"{JAN}\x00<{EVE}>",
        f"{JAN}\x0b, {EVE}",
        f'"Jan <{JAN}>',
        f"(Jan <{JAN}>",
        f"Jan <{JAN}",
        "<>",
        "",
        "Jan Bakker",
        "jan@",
        "@acme.example",
        "jan@@acme.example",
        "jan @ acme.example",
        "jan(eve)@acme.example",
        f"{JAN}{'(x)' * 2000}, {EVE}",
    ],
)
def test_without_exactly_one_mailbox_the_sender_is_unknown(header: str) -> None:
    assert sent_by(f"From: {header}").sender is None


@pytest.mark.parametrize(
    "heads",
    [
        [f"From: {JAN}", f"From: {EVE}"],
        [f"From: {EVE}", f"From : {JAN}"],
        [f"from: {JAN}", f"FROM: {JAN}"],
        [f"From: {JAN}", f"Subject: x\rFrom: {EVE}"],
        [f"Sender: {JAN}"],
        [f"Reply-To: {JAN}"],
        [f"Resent-From: {JAN}"],
        [f"X-From: {JAN}"],
    ],
)
def test_two_from_or_another_header_name_nobody(heads: list[str]) -> None:
    assert sent_by(*heads).sender is None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (JAN, ""),
        (f"<{JAN}>", ""),
        (f"Jan Bakker <{JAN}>", "Jan Bakker"),
        (f"Jan Bakker <{JAN}>,", "Jan Bakker"),
        (f'"Bakker, Jan" <{JAN}>', "Bakker, Jan"),
        (f"Bakker, Jan <{JAN}>", "Bakker Jan"),
        (f"=?utf-8?Q?Bakker=2C_J=C3=A1n?= <{JAN}>", "Bakker, Ján"),
        (f'"=?utf-8?Q?J=C3=A1n?=" <{JAN}>', "Ján"),
        (f"=?utf-8?B?SsM=?= =?utf-8?B?oW4=?= <{JAN}>", "Ján"),
        (f"Ján Bakkér <{JAN}>", "Ján Bakkér"),
        (f"{JAN} (Jan Bakker)", ""),
        (f"Jan Bakker {JAN}", "Jan Bakker"),
        (f"Jan\r\n Bakker\r\n <{JAN}>", "Jan Bakker"),
        (f"< {JAN} >", ""),
        (f'"Jan (Acme) <sales>" <{JAN.upper()}>', "Jan (Acme) <sales>"),
        (f"Jan's team \u2013 Acme <{JAN}>", "Jan's team \u2013 Acme"),
        (f"Team: {JAN};", "Team:"),
        (f"Jan <<{JAN}>>", "Jan"),
        (f"<mailto:{JAN}>", ""),
        ("Jan Bakker <jan@\r\n acme.example>", "Jan Bakker"),
        ("Jan <jan @ acme.\r\n\texample>", "Jan"),
    ],
)
def test_people_write_their_address_in_many_ways(header: str, name: str) -> None:
    mail = sent_by(f"From: {header}")
    assert (mail.sender, mail.sender_name) == (JAN, name)


@pytest.mark.parametrize(
    "head",
    [
        f"From : {JAN}\r\nTo : b@c.example",
        f"Received: by mx\r\nsome text that a relay broke\r\nFrom: {JAN}",
        f"Subject: a very long\r\nsubject that was folded badly\r\nFrom: {JAN}\r\nTo: b@c.example",
        f"From jan@acme.example Mon Nov 30 09:00:00 2026\r\nFrom: {JAN}",
        f">From x Mon Nov 30 09:00:00 2026\r\nFrom: {JAN}",
        f"\r\n\r\nReceived: by mx\r\nFrom: {JAN}",
        f"FROM:{JAN}",
        f"From:\r\n {JAN}",
        f"From:\t{JAN}\t",
    ],
)
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_a_damaged_head_does_not_lose_the_sender(head: str, line_end: str) -> None:
    raw = f"{head}\r\nMessage-ID: <m@acme.example>\r\n\r\nwords\r\n".replace("\r\n", line_end)
    mail = parse_mail(raw.encode())
    assert (mail.sender, mail.message_id) == (JAN, "m@acme.example")
    assert [part.text.strip() for part in mail.texts] == ["words"]


def test_a_header_in_the_text_is_text() -> None:
    mail = parse_mail(f"From: {EVE}\n\nFrom: {JAN}\nSubject: x\n\nwords".encode())
    assert mail.sender == EVE
    assert "Subject: x" in mail.texts[0].text


@given(st.text(max_size=80))
def test_no_display_name_makes_another_sender(name: str) -> None:
    for header in (
        f"{encoded(name)} <{EVE}>",
        f"({name.replace(')', '').replace('(', '')}) <{EVE}>",
    ):
        mailbox = parse_only_mailbox(header)
        assert mailbox is None or mailbox.address == EVE


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Jan@ACME.example", JAN, True),
        ("jan@stra\xdfe.example", "jan@strasse.example", False),
        ("ja\u017f@acme.example", "jas@acme.example", False),
        ("ba\u212aker@acme.example", "bakker@acme.example", False),
        ("j\uff41n@acme.example", JAN, False),
        ("J\xc1N@acme.example", "j\xe1n@acme.example", True),
    ],
)
def test_no_other_letter_becomes_an_ascii_one(one: str, other: str, is_same: bool) -> None:
    assert (normalise(one) == normalise(other)) is is_same


def test_a_sub_address_belongs_to_its_mailbox() -> None:
    assert without_tag("jan+work@acme.example") == JAN
    assert without_tag("+work@acme.example") == "+work@acme.example"
    assert without_tag(JAN) == JAN


def test_an_address_may_have_letters_of_any_language() -> None:
    """RFC 6531: they come as raw UTF-8."""
    mail = sent_by("From: Jörg <jörg@bücher.example>")
    assert (mail.sender, mail.sender_name) == ("jörg@bücher.example", "Jörg")
