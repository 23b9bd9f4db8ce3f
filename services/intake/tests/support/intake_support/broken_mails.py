"""A corpus of broken mails, made by ourselves, and ways to break any other one."""

from collections.abc import Callable, Mapping
from typing import Final

from hypothesis import strategies as st

WORDS: Final = b"The import of orders stopped at nine."
_HEAD: Final = (
    b"From: Jan <jan@acme.example>\r\nTo: support@ours.example\r\nSubject: It is broken\r\n"
    b"Date: Mon, 7 Jan 2030 09:00:00 +0000\r\nMessage-ID: <%s@acme.example>\r\n"
)
_MIXED: Final = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
_TEXT: Final = b"--b\r\nContent-Type: text/plain\r\n\r\n" + WORDS + b"\r\n"


def mail(id: str, rest: bytes = b"\r\n" + WORDS) -> bytes:
    """A mail of jan's with this id; `rest` are its other headers, an empty line, and its body."""
    return _HEAD % id.encode() + rest


def _part(head: bytes, body: bytes = b"") -> bytes:
    return b"--b\r\n" + head + b"\r\n\r\n" + body + b"\r\n"


def _mixed(id: str, *parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return mail(id, _MIXED + _TEXT + b"".join(parts) + end)


def _body(id: str, head: bytes, body: bytes = WORDS) -> bytes:
    return mail(id, head + b"\r\n\r\n" + body)


PDF: Final = b"Content-Type: application/pdf; name=scan.pdf\r\nContent-Transfer-Encoding: "
CORPUS: Final[Mapping[str, bytes]] = {
    "a single byte": b"x",
    "only NUL bytes": b"\x00" * 200,
    "only line ends": b"\r\n" * 50,
    "only a header": b"Subject: nothing else",
    "no header at all": WORDS,
    "an mbox line first": b"From jan@acme.example Mon Jan  7 09:00:00 2030\r\n" + mail("mbox"),
    "lone carriage returns": mail("cr").replace(b"\r\n", b"\r"),
    "headers that begin with blanks": b" From: jan@acme.example\r\n\tSubject: x\r\n\r\n" + WORDS,
    "a colon without a name": b": value\r\n" + mail("colon"),
    "blanks before colons": mail("blanks").replace(b": ", b" : "),
    "no colon in a header": mail("no-colon", b"This line is no header\r\n\r\n" + WORDS),
    "two senders": b"From: eve@evil.example\r\n" + mail("two-senders"),
    "two subjects and two ids": _HEAD % b"first" + mail("second"),
    "an id without brackets": mail("x").replace(b"<x@acme.example>", b"x@acme.example"),
    "an id of a thousand characters": mail("i" * 1000),
    "an empty id": mail("x").replace(b"<x@acme.example>", b"<>"),
    "a date of the year 99999": mail("date").replace(b"2030", b"99999"),
    "NUL bytes in the subject": mail("nul").replace(b"broken", b"br\x00ken"),
    "a lone surrogate in the subject": mail("sur").replace(b"broken", b"=?utf-8?b?7aCA?="),
    "an encoded word that never ends": mail("word").replace(b"broken", b"=?utf-8?q?br"),
    "an encoded word of no charset": mail("none").replace(b"broken", b"=?nope?q?br?="),
    "a thousand recipients": mail("many", b"Cc: " + b"a@b.example, " * 1000 + b"\r\n\r\n" + WORDS),
    "a charset nobody knows": _body("charset", b"Content-Type: text/plain; charset=klingon"),
    "bytes that are no UTF-8": _body(
        "latin", b"Content-Type: text/plain; charset=utf-8", WORDS + b" \xff\xfe\xe9"
    ),
    "UTF-16 without a mark": _body(
        "utf16", b"Content-Type: text/plain; charset=utf-16", WORDS.decode().encode("utf-16-le")
    ),
    "UTF-7": _body("utf7", b"Content-Type: text/plain; charset=utf-7", WORDS + b" +AOk-"),
    "a type that is none": _body("type", b"Content-Type: text"),
    "a type of semicolons": _body("semi", b"Content-Type: ;;;=;="),
    "an encoding nobody knows": _body("enc", b"Content-Transfer-Encoding: x-rot13"),
    "base64 cut in the middle": _body("cut", b"Content-Transfer-Encoding: base64", b"VGhlIGltcG9"),
    "base64 with words below": _body(
        "footer", b"Content-Transfer-Encoding: base64", b"VGhlIGltcG9ydA==\r\n-- \r\nA list\r\n"
    ),
    "quoted-printable that ends in =": _body(
        "qp", b"Content-Transfer-Encoding: quoted-printable", WORDS + b"="
    ),
    "quoted-printable of no digits": _body(
        "qp2", b"Content-Transfer-Encoding: quoted-printable", WORDS + b"=ZZ=="
    ),
    "uuencode without an end": mail("uu", b"\r\n" + WORDS + b"\r\nbegin 644 a.txt\r\n#0V%T\r\n"),
    "a boundary that never comes": mail("lost", _MIXED + WORDS),
    "a boundary that never ends": _mixed("open", end=b""),
    "no boundary": _body("none", b"Content-Type: multipart/mixed", WORDS),
    "an empty boundary": _body("empty", b'Content-Type: multipart/mixed; boundary=""', WORDS),
    "parts inside of themselves": _mixed(
        "self", _part(b"Content-Type: multipart/mixed; boundary=b", _TEXT)
    ),
    "two hundred levels": mail(
        "deep",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
            for n in range(200)
        )
        + b"\r\n"
        + WORDS,
    ),
    "a thousand attachments": _mixed(
        "files", *(_part(PDF + b"base64", b"JVBERi0=") for _ in range(1_000))
    ),
    "no part at all": _mixed("no-part").replace(_TEXT, b""),
    "a name that climbs": _mixed(
        "climb", _part(b'Content-Disposition: attachment; filename="../../../etc/passwd"', b"x")
    ),
    "a name in pieces that lack the first": _mixed(
        "pieces", _part(b"Content-Disposition: attachment; filename*1*=a; filename*9*=b", b"x")
    ),
    "a name of NUL bytes": _mixed(
        "nul-name", _part(b'Content-Disposition: attachment; filename="a\x00b.txt"', b"x")
    ),
    "a mail in a mail in a mail": _mixed(
        "inner",
        _part(
            b"Content-Type: message/rfc822",
            mail("a", b"Content-Type: message/rfc822\r\n\r\n" + mail("b")),
        ),
    ),
    "a part of a mail": _body("partial", b"Content-Type: message/partial; number=2; id=x; total=3"),
    "a body elsewhere": _body(
        "external", b"Content-Type: message/external-body; access-type=URL; URL=http://x.example"
    ),
    "signed by nobody": _body("smime", b"Content-Type: application/pkcs7-mime; name=smime.p7m"),
    "winmail.dat": _mixed(
        "tnef", _part(b"Content-Type: application/ms-tnef; name=winmail.dat", b"\x78\x9f\x3e\x22")
    ),
    "an invitation without an end": _mixed(
        "ical",
        _part(b"Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT"),
    ),
    "HTML that closes nothing": _body(
        "html", b"Content-Type: text/html", b"<table><tr><td><b><script>x</b><p>" + WORDS
    ),
    "HTML of control characters": _body(
        "ctl", b"Content-Type: text/html", b"<p>\x01\x02\x0b" + WORDS + b"&#0;&#xD800;&#99999999;"
    ),
    "a report about nothing": _body(
        "report", b"Return-Path: <>\r\nContent-Type: multipart/report; boundary=b", _TEXT + b"--b--"
    ),
    "a robot's": _body("robot", b"Auto-Submitted: auto-generated"),
    "an answer to a mail that never came": mail(
        "answer", b"In-Reply-To: <gone@acme.example>\r\nReferences: <a@b> <c@d\r\n\r\n" + WORDS
    ),
    "the key of another customer's ticket": mail("key").replace(b"It is", b"[OPS-1001]"),
}
"""Name of what is broken -> the raw mail. Each id is used once."""


def _insert(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[:at] + piece + raw[at:]


def _cut(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[:at] + raw[at + len(piece) * 7 :]


def _overwrite(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[:at] + piece + raw[at + len(piece) :]


def _repeat(raw: bytes, at: int, piece: bytes) -> bytes:
    return raw[: at + len(piece)] + raw[at:]


_FAULTS: Final[tuple[Callable[[bytes, int, bytes], bytes], ...]] = (
    _insert,
    _cut,
    _overwrite,
    _repeat,
)
_PIECES: Final = st.sampled_from(
    [
        b"\r\n",
        b"\r\n\r\n",
        b"\x00",
        b"\xff\xfe",
        b"--b\r\n",
        b"--b--",
        b"=?utf-8?b?",
        b"?=",
        b"Content-Type: multipart/mixed; boundary=b\r\n",
        b"Content-Type: text/html; charset=utf-99\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"From: eve@evil.example\r\n",
        b"Auto-Submitted: auto-replied\r\n",
        b"Return-Path: <>\r\n",
        b"<script>",
        b'"',
        b";",
        b"(",
    ]
) | st.binary(min_size=1, max_size=8)


@st.composite
def broken_mails(draw: st.DrawFn) -> bytes:
    """A mail of the corpus that is broken in up to six further ways; never empty."""
    raw = draw(st.sampled_from([one for one in CORPUS.values() if len(one) < 20_000]))
    for _ in range(draw(st.integers(1, 6))):
        fault = draw(st.sampled_from(_FAULTS))
        at = draw(st.integers(0, len(raw)))
        raw = fault(raw, at, draw(_PIECES)) or b"x"
    return raw
