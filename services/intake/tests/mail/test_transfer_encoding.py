"""The bytes of a part, however it was sent, and what a relay adds behind them (I3)."""

from base64 import b64encode

import pytest

from intake.mail.reading import ReadMail, read

BASE64 = "Content-Transfer-Encoding: base64\n"
DOWN = "Production is down since six."


def mail(body: str) -> ReadMail:
    return read(f"From: jan@acme.example\nSubject: x\n{body}".encode())


FOOTER = "-- \nThis mail was scanned by a virus scanner!"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b64encode("Köln ist aus.".encode()).decode(), "Köln ist aus."),
        (f"{b64encode(DOWN.encode()).decode()}\n\n{FOOTER}", f"{DOWN}\n\n--\n{FOOTER[4:]}"),
        (f"{b64encode(DOWN.encode()).decode()}\n{FOOTER}", f"{DOWN}\n\n--\n{FOOTER[4:]}"),
        (
            f"{b64encode(b'abc').decode()}\n\nDisclaimer\nThis is: secret.",
            "abc\n\nDisclaimer\nThis is: secret.",
        ),
        (f"{b64encode(b'one ').decode()}\n{b64encode(b'two').decode()}", "one two"),
        (b64encode(DOWN.encode()).decode().rstrip("="), DOWN),
        (f"{b64encode(DOWN.encode()).decode()}\n==", f"{DOWN}\n\n=="),
        (f"{b64encode(b'a').decode()}{b64encode(b'b').decode()}", "ab"),
        (f"{b64encode(b'Hello world').decode()}====!!!", "Hello world\n\n===!!!"),
        ("SGV!sbG8gd29ybGQ=", "Hello world"),
        (f"{b64encode(b'Hello world.').decode()}<br>Scanned", "Hello world.\n\n<br>Scanned"),
        (
            f"{b64encode('Köln ist aus.....'.encode()).decode()}\nScanned\nby\nAcme",
            "Köln ist aus.....\n\nScanned\nby\nAcme",
        ),
        (
            f"*** EXTERNAL MAIL ***\n\n{b64encode(DOWN.encode()).decode()}\n\n{FOOTER}",
            f"*** EXTERNAL MAIL ***\n\n{DOWN}\n\n--\n{FOOTER[4:]}",
        ),
        (
            f"CAUTION: from outside\nDo not click!\n{b64encode(DOWN.encode()).decode()}",
            f"CAUTION: from outside\nDo not click!\n\n{DOWN}",
        ),
        ("Help", "Help"),
        ("please help", "please help"),
        ("Help! checkoutcheckoutcheckout is down", "Help! checkoutcheckoutcheckout is down"),
        (f"{DOWN} This was never encoded.", f"{DOWN} This was never encoded."),
        (
            "\n\n".join(
                b64encode(DOWN.encode() * 9).decode()[at : at + 76] for at in range(0, 400, 76)
            ),
            DOWN * 9,
        ),
    ],
)
def test_base64_is_decoded_and_what_follows_is_shown(body: str, shown: str) -> None:
    read_mail = mail(f"Content-Type: text/plain; charset=utf-8\n{BASE64}\n{body}")
    assert read_mail.text == shown


def test_other_encodings_of_transport() -> None:
    for name in ("quoted-printable", "Quoted-Printable ", "quoted_printable", "QP"):
        head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {name}\n\n"
        assert mail(f"{head}K=C3=B6=\nln").text == "Köln"
    uu = "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#0V%T\n`\nend\n"
    assert mail(f"Content-Type: text/plain\n{uu}").text == "Cat"


@pytest.mark.parametrize("count", [1, 2, 4, 30])
def test_words_that_are_base64_by_their_letters_alone_are_shown(count: int) -> None:
    body = "\n".join(["checkoutserviceprod01x"] * count)
    shown = mail(f"Content-Type: text/plain; charset=utf-8\n{BASE64}\n{body}").text
    assert shown == body if count <= 4 else shown
