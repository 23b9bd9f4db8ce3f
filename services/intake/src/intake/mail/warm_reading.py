"""Imported by the server from which reading processes are forked: it has read mails of the usual kinds.

What Python imports, compiles or looks up at the first mail of a kind would be done anew for each mail,
since each is read in a process that reads nothing else.
"""

from base64 import encodebytes
from typing import Final

from intake.mail.reading import read

_HEAD: Final = (
    "Received: from mail.example by mx.example; Sun, 29 Nov 2026 09:00:00 +0100\r\n"
    "Authentication-Results: mx.example; dkim=pass header.d=mail.example; spf=pass\r\n"
    "From: =?iso-8859-1?Q?J=F6rg?= <jan@mail.example>\r\n"
    'To: "Support, second line" <support@mail.example>\r\n'
    "Message-ID: <1@mail.example>\r\n"
    "Date: Sun, 29 Nov 2026 09:00:00 +0100\r\n"
    "Subject: =?utf-8?B?R3LDtsOfZXJl?= =?windows-1252?Q?_Betr=E4ge?=\r\n"
    "MIME-Version: 1.0\r\n"
)
_ANSWER: Final = "In-Reply-To: <0@mail.example>\r\nReferences: <0@mail.example>\r\n"
_TEXT: Final = (
    "It does not print.\r\n\r\nOn 1 Nov 2026 at 9:00, Anna wrote:\r\n> Does it print?\r\n"
)
_HTML: Final = (
    '<html><head><style>p {}</style></head><body><p class="a">It <b>does</b> not.<br>Regards</p>'
    '<table><tr><td>1</td></tr></table><ul><li><a href="https://mail.example">there</a></ul>'
    "<blockquote><pre>log</pre></blockquote></body></html>\r\n"
)


def _part(kind: str, encoding: str, content: str, head: str = "") -> str:
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{head}\r\n{content}"


def _multipart(kind: str, *parts: str) -> str:
    inner = "".join(f"--=-b\r\n{part}\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=-b"\r\n\r\n{inner}--=-b--\r\n'


def usual_mails() -> tuple[bytes, ...]:
    """Mails of the usual kinds: plain, an answer, HTML beside plain, with a file, in older charsets."""
    plain = _part("text/plain; charset=utf-8", "8bit", _TEXT)
    latin = _part("text/plain; charset=iso-8859-1", "quoted-printable", "Betr=E4ge\r\n")
    html = _part("text/html; charset=utf-8", "quoted-printable", _HTML)
    file = _part(
        "image/png; name*=utf-8''gr%C3%B6%C3%9Fer.png",
        "base64",
        encodebytes(b"\x89PNG" * 100).decode(),
        'Content-Disposition: attachment; filename="screen.png"\r\n',
    )
    coded = _part("text/plain; charset=us-ascii", "base64", encodebytes(_TEXT.encode()).decode())
    both, with_file = _multipart("alternative", plain, html), _multipart("mixed", plain, file)
    bodies = (plain, latin, html, coded, both, with_file)
    return tuple(f"{_HEAD}{answer}{body}".encode() for body in bodies for answer in ("", _ANSWER))


for _mail in usual_mails():
    read(_mail)
