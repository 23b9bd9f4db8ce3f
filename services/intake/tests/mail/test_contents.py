"""Nothing written is invisible (I3): every part is shown, attached, or both, however it is broken."""

from base64 import b64encode

import pytest

from intake.mail.domain.mail import parse_mail
from intake.mail.domain.parts import MAX_SHOWN_FILE_BYTES
from intake.mail.mail_text import MAX_TEXT_CHARS
from intake.mail.reading import ReadMail, read, read_file

HEAD = "From: jan@acme.example\nSubject: x\nMIME-Version: 1.0\n"
PICTURE = "Content-Type: image/png\nContent-Disposition: inline; filename=a.png\n\nx"
DOWN = "Production is down since six."


def mail(body: str, *, head: str = HEAD) -> ReadMail:
    return read(f"{head}{body}".encode())


def mixed(
    *parts: str, subtype: str = "mixed", boundary: str = "b", end: str = "--b--\n"
) -> ReadMail:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return mail(f'Content-Type: multipart/{subtype}; boundary="b"\n\n{body}{end}')


def text(words: str, kind: str = "plain", more: str = "") -> str:
    return f"Content-Type: text/{kind}; charset=utf-8{more}\n\n{words}"


def names(read_mail: ReadMail) -> list[str]:
    return [file.name for file in read_mail.mail.attachments]


def test_text_goes_on_behind_pictures_and_files() -> None:
    read_mail = mixed(text("one"), PICTURE, text("two"), PICTURE, text("<p>three</p>", "html"))
    assert read_mail.text == "one\n\ntwo\n\nthree"
    assert names(read_mail) == ["a.png", "a.png"]


def test_html_goes_on_behind_pictures_too() -> None:
    html = f"--c\n{text('<p>one</p>', 'html')}\n--c\n{PICTURE}\n--c\n{text('<p>two</p>', 'html')}\n--c--"
    read_mail = mixed(
        text("one\n\ntwo"),
        f'Content-Type: multipart/mixed; boundary="c"\n\n{html}',
        subtype="alternative",
    )
    assert (read_mail.text, names(read_mail)) == ("one\n\ntwo", ["a.png"])
    assert read_mail.html is not None
    assert "one" in read_mail.html
    assert "two" in read_mail.html


def test_alternatives_are_not_said_twice() -> None:
    assert (
        mixed(text("Hi Jan"), text("<p>Hi Jan</p>", "html"), subtype="alternative").text == "Hi Jan"
    )


@pytest.mark.parametrize("plain", ["", " \n", "Please view this mail as HTML."])
def test_a_plain_part_that_says_nothing_does_not_hide_the_html(plain: str) -> None:
    html = f"<p>{DOWN} Orders are lost, nobody can book, and the queue shows 412 invoices.</p>"
    read_mail = mixed(text(plain), text(html, "html"), subtype="alternative")
    assert DOWN in read_mail.text


@pytest.mark.parametrize(
    ("part", "name"),
    [
        (text("12:01 FATAL", more="; name=app.log"), "app.log"),
        (text("12:01 FATAL", more="\nContent-Disposition: inline; filename=app.log"), "app.log"),
        (
            text("12:01 FATAL", more="\nContent-Disposition: attachment; filename=app.log"),
            "app.log",
        ),
        (text("12:01 FATAL", more="\nContent-Disposition: attachment"), "unnamed"),
        (text("id;state", "csv"), "table.csv"),
        (text("id;state", "csv", "; name=orders.csv"), "orders.csv"),
        (text("BEGIN:VCALENDAR", "calendar", "; method=REQUEST"), "calendar.ics"),
        (text("BEGIN:VCARD", "vcard"), "card.vcf"),
        (text("<a/>", "xml"), "document.xml"),
        (text("what is this", "x-klingon"), "unnamed"),
        ("Content-Type: application/octet-stream\n\nx", "unnamed"),
        ("Content-Type: nonsense; name=a.bin\nContent-Disposition: attachment\n\nx", "a.bin"),
        ("Content-Type: audio/wav; name=voice.wav\n\nx", "voice.wav"),
        ("Content-Type: message/rfc822\n\nSubject: Down\n\nwords", "Down.eml"),
        ("Content-Type: message/rfc822\n\nwords", "message.eml"),
        ("Content-Type: application/ms-tnef; name=winmail.dat\n\nx", "winmail.dat"),
        ("Content-Type: image/png\nContent-ID: <a>\n\nx", "unnamed.png"),
        ("Content-Type: application/pgp-signature\n\nx", "signature.asc"),
        ('Content-Type: a/b; name="=?utf-8?Q?invoice=E2=80=AEfdp=2Eexe?="\n\nx', "invoicefdp.exe"),
    ],
)
def test_what_is_no_text_is_a_file(part: str, name: str) -> None:
    read_mail = mixed(text("See the file."), part)
    assert names(read_mail) == [name]
    assert read_mail.text.startswith("See the file.")


def test_a_short_inline_log_is_shown_and_a_long_one_only_attached() -> None:
    log = "; name=app.log"
    assert "FATAL" in mixed(text("Log:"), text("FATAL", more=log)).text
    long_log = mixed(text("Log:"), text("FATAL\n" * MAX_SHOWN_FILE_BYTES, more=log))
    assert (long_log.text, names(long_log)) == ("Log:", ["app.log"])


@pytest.mark.parametrize(
    "part",
    [
        text(DOWN, more="; name=body.txt"),
        text(DOWN, more="\nContent-Disposition: attachment; filename=body.txt"),
        text(f"BEGIN:VCALENDAR\nDESCRIPTION:{DOWN}", "calendar"),
        text(f"id;{DOWN}", "csv"),
    ],
)
def test_a_file_of_text_that_is_all_there_is_is_shown(part: str) -> None:
    assert DOWN in mail(part).text
    assert names(mail(part))
    assert DOWN in mixed(part, PICTURE).text


def test_a_mail_inside_the_mail_is_shown_and_is_a_file() -> None:
    inner = f"From: Ria <ria@shop.example>\nSubject: =?utf-8?Q?St=C3=B6rung?=\n{text(DOWN)}"
    read_mail = mixed(text("See below"), f"Content-Type: message/rfc822\n\n{inner}")
    assert all(words in read_mail.text for words in ("See below", "ria@shop.example", DOWN))
    assert names(read_mail) == ["Störung.eml"]
    assert read_mail.mail.sender == "jan@acme.example"


@pytest.mark.parametrize(
    "body",
    [
        f'Content-Type: multipart/alternative; boundary="one"\n\n--two\n{text(DOWN)}\n--two--\n',
        f"Content-Type: multipart/mixed\n\n--two\n{text(DOWN)}\n--two--\n",
        f'Content-Type: multipart/mixed; boundary="one"\n\n--two\n{text(DOWN)}\n',
        f'Content-Type: multipart/mixed; boundary="one"\n\n{DOWN}\n',
        f'Content-Type: multipart/mixed; boundary="one"\n\n--one\n{text(DOWN)}',
        f'Content-Type: multipart/mixed; boundary="one"\n\n{DOWN}\n\n--one--\n',
        f'Content-Type: multipart/mixed; boundary="one"\n\n--one\n{text("")}\n--one--\n{DOWN}',
        f'Content-Type: multipart/mixed; boundary="one"\n\n--one\nContent-Type : text/plain\n\n{DOWN}\n--one--',
        f"Content-Type: multipart/mixed; boundary=\n\n--\n{text(DOWN)}\n----\n",
        f"Content-Type: multipart; boundary=b\n\n{DOWN}",
        f"Content-Type: text\n\n{DOWN}",
        f"Content-Type:\n\n{DOWN}",
        f"Content-Type: text/plain; charset=\n\n{DOWN}",
        f'Content-Type: text/plain; charset="utf-8\n\n{DOWN}',
        "Content-Type: multipart/mixed; boundary=one\nContent-Transfer-Encoding: base64\n\n"
        + b64encode(f"--one\n{text(DOWN)}\n--one--".encode()).decode(),
    ],
)
def test_a_broken_boundary_loses_no_words(body: str) -> None:
    assert DOWN in mail(body).text


def test_a_lost_boundary_loses_no_files() -> None:
    read_mail = mixed(text(DOWN), PICTURE, boundary="other", end="--other--\n")
    assert (read_mail.text, names(read_mail)) == (DOWN, ["a.png"])


def test_what_a_list_adds_behind_the_last_boundary_is_shown() -> None:
    assert "P.S. urgent" in mixed(text("Hi"), end="--b--\nP.S. urgent\n").text


def test_what_no_reader_shows_is_not_shown() -> None:
    preamble = "This is a multi-part message in MIME format."
    body = f'Content-Type: multipart/mixed; boundary="b"\n\n{preamble}\n--b\n{text("Hi")}\n--b--\n'
    assert mail(body).text == "Hi"


BASE64 = "Content-Transfer-Encoding: base64\n"


def test_a_mail_inside_the_mail_may_be_encoded_as_a_whole() -> None:
    inner = b64encode(f"Subject: Down\n\n{DOWN}".encode()).decode()
    read_mail = mixed(text("See"), f"Content-Type: message/rfc822\n{BASE64}\n{inner}")
    assert DOWN in read_mail.text
    assert names(read_mail) == ["Down.eml"]


@pytest.mark.parametrize(
    ("enriched", "shown"),
    [
        ("Production is <bold>down</bold> since six.", "Production is down since six."),
        ("<color><param>red</param>Red</color> alert", "Red alert"),
        ("a << b", "a < b"),
        ("one\nline\n\nnext", "one line\n\nnext"),
    ],
)
def test_enriched_text_is_text(enriched: str, shown: str) -> None:
    assert mail(text(enriched, "enriched")).text == shown


def test_what_is_too_long_to_show_is_attached_whole() -> None:
    read_mail = mail(text("0123456789\n" * (MAX_TEXT_CHARS // 10)))
    (file,) = read_mail.mail.attachments
    assert (file.name, file.size) == ("message.txt", MAX_TEXT_CHARS // 10 * 11)


def test_each_file_is_found_again_by_its_digest() -> None:
    raw = (
        f'{HEAD}Content-Type: multipart/mixed; boundary="b"\n\n--b\n{text("Hi")}\n--b\n{PICTURE}\n'
        f"--b\nContent-Type: message/rfc822\n\nSubject: in\n\n{DOWN}\n--b\n"
        f"Content-Type: application/pdf\n{BASE64}\nJVBERg==\n--b--"
    ).encode()
    files = read(raw).mail.attachments
    contents = [read_file(raw, file.digest) for file in files]
    assert [len(content or b"") for content in contents] == [file.size for file in files]
    assert (contents[0], contents[2]) == (b"x", b"%PDF")
    assert DOWN.encode() in (contents[1] or b"")
    assert read_file(raw, "0" * 64) is None


def test_a_long_list_of_references_keeps_the_newest() -> None:
    ids = " ".join(f"<{number}{'x' * 60}@acme.example>" for number in range(100))
    assert parse_mail(f"References: {ids}\n\nx".encode()).references[-1].startswith("99x")


@pytest.mark.parametrize("kind", ["pkcs7-signature", "x-pkcs7-signature"])
def test_of_a_clear_signed_mail_the_text_is_shown_and_the_signature_attached(kind: str) -> None:
    """S/MIME (RFC 8551, 3.5): multipart/signed is a text and `smime.p7s`; nothing is held back or unread."""
    signature = (
        f"Content-Type: application/{kind}; name=smime.p7s\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename=smime.p7s\n\nMIAGCSqGSIb3DQEHAqCAMIACAQE="
    )
    parameters = 'signed; protocol="application/pkcs7-signature"; micalg=sha-256'
    for given in (
        signature,
        signature.replace("; name=smime.p7s", "").replace("; filename=smime.p7s", ""),
    ):
        read_mail = mixed(text(DOWN), given, subtype=parameters)
        assert (read_mail.text, names(read_mail)) == (DOWN, ["smime.p7s"])
        assert (read_mail.is_read, read_mail.mail.defects) == (True, ())
        (file,) = read_mail.mail.attachments
        assert file.media_type == f"application/{kind}"
