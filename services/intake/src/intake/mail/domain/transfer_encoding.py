"""The bytes of a part from the letters that stand in the mail. Pure, and never raises."""

import binascii
import re
from dataclasses import dataclass
from typing import Final

from intake.mail.domain.header import decode_base64

_NAME: Final = re.compile(r"[^a-z0-9]")
_BASE64_LINE: Final = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]+")
_BASE64_NAMES: Final = frozenset({"base64", "b64"})
_QUOTED_NAMES: Final = frozenset({"quotedprintable", "qp"})
_UU_NAMES: Final = frozenset({"xuuencode", "uuencode", "xuue", "uue"})
_UU_BEGIN: Final = re.compile(rb"(?m)^begin [0-7]{3,4} [^\r\n]{0,200}\r?\n")


@dataclass(frozen=True, slots=True)
class Content:
    """The decoded bytes of a part, and the plain text that a relay added behind encoded ones."""

    data: bytes
    added: bytes = b""


def decode_content(body: bytes, encoding: str) -> Content:
    """The content of a part by its Content-Transfer-Encoding; the body as it is where that is unknown."""
    name = _NAME.sub("", re.split(r"[;(\s]", encoding.strip().lower(), maxsplit=1)[0])
    if name in _BASE64_NAMES:
        return _decode_base64(body)
    if name in _QUOTED_NAMES:
        return Content(binascii.a2b_qp(body))
    if name in _UU_NAMES:
        return Content(_decode_uu(body))
    return Content(body)


def _decode_base64(body: bytes) -> Content:
    """Everything that is base64, and what follows: relays add their footer without encoding it."""
    lines = [line.strip() for line in body.splitlines()]
    end = _count_encoded(lines)
    data = b"".join(_decode_segments(lines[:end]))
    added = b"\n".join(body.splitlines()[end:]).strip()
    return Content(data, added) if data or not added else Content(body)


def _count_encoded(lines: list[bytes]) -> int:
    """How many lines are base64. A single word in a footer's first line looks like it, too."""
    first = next((line for line in lines if line), b"")
    if not _BASE64_LINE.fullmatch(first) and _is_damaged(first):
        return len(lines)
    for number, line in enumerate(lines):
        if line and not _BASE64_LINE.fullmatch(line):
            return _without_word_of_footer(lines, number)
    return len(lines)


def _without_word_of_footer(lines: list[bytes], end: int) -> int:
    blank = next((number for number in range(end - 1, 0, -1) if not lines[number]), 0)
    before = [line for line in lines[:blank] if line]
    is_over = bool(before) and (b"=" in before[-1] or len(before[-1]) < len(before[0]))
    is_single = len(before) == 1 and len(before[0]) % 4 == 0
    return blank if is_over or is_single else end


def _is_damaged(line: bytes) -> bool:
    """Whether it is base64 in which single characters are wrong."""
    return b" " not in line and len(_NOT_BASE64.sub(b"", line)) * 10 >= len(line) * 7 > 0


def _decode_segments(lines: list[bytes]) -> list[bytes]:
    """The bytes of each segment: padding ends one, and some programs write several."""
    segments = re.split(rb"=+", b"".join(lines))
    return [decode_base64(segment) for segment in segments if segment]


def _decode_uu(body: bytes) -> bytes:
    begin = _UU_BEGIN.search(body)
    if begin is None:
        return body
    decoded = []
    for line in body[begin.end() :].splitlines():
        if line.strip() == b"end":
            break
        try:
            decoded.append(binascii.a2b_uu(line))
        except binascii.Error:
            decoded.append(_decode_uu_line(line))
    return b"".join(decoded)


def _decode_uu_line(line: bytes) -> bytes:
    """A line with trailing garbage: as many characters as its first one says."""
    length = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return b""
