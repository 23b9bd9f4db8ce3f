"""The bytes of a part from the letters that stand in the mail. Pure, and never raises."""

import binascii
import re
from dataclasses import dataclass
from string import ascii_letters
from typing import Final

from intake.mail.domain.header import decode_base64

_NAME: Final = re.compile(r"[^a-z0-9]")
_BASE64_LINE: Final = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_LETTERS: Final = b"+/0123456789" + ascii_letters.encode()
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDINGS: Final = frozenset({b"", b"=", b"=="})
_BASE64_START: Final = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
MAX_FOOTER_LINES: Final = 20
MAX_BANNER_LINES: Final = 20
MIN_BEHIND_BANNER: Final = 16
"""How many letters stand in the first line that is taken for base64 below a text that is none."""
MAX_WORD_BYTES: Final = 100
_BASE64_NAMES: Final = frozenset({"base64", "b64"})
_QUOTED_NAMES: Final = frozenset({"quotedprintable", "qp"})
_UU_NAMES: Final = frozenset({"xuuencode", "uuencode", "xuue", "uue"})
_UU_BEGIN: Final = re.compile(rb"(?m)^begin [0-7]{3,4} [^\r\n]{0,200}\r?\n")


@dataclass(frozen=True, slots=True)
class Content:
    """The decoded bytes of a part, and the plain text that a relay added above and behind encoded ones."""

    data: bytes
    added: bytes = b""
    above: bytes = b""


def decode_content(body: bytes, encoding: str, *, is_text: bool = False) -> Content:
    """The content of a part by its Content-Transfer-Encoding; the body as it is where that is unknown.

    With `is_text`, what is base64 by its letters and no text by its bytes belongs to a footer.
    """
    name = _NAME.sub("", re.split(r"[;(\s]", encoding.strip().lower(), maxsplit=1)[0])
    if name in _BASE64_NAMES:
        return _decode_base64(body, is_text)
    if name in _QUOTED_NAMES:
        return Content(binascii.a2b_qp(body))
    if name in _UU_NAMES:
        return Content(_decode_uu(body))
    return Content(body)


def _decode_base64(body: bytes, is_text: bool) -> Content:
    """Everything that is base64, and what follows: relays add their footer without encoding it."""
    lines = [line.strip() for line in body.splitlines()]
    content = _decode_encoded(lines, is_text)
    if content is None and is_text:
        content = _below_banner(lines)
    return content or Content(body)


def _decode_encoded(lines: list[bytes], is_text: bool) -> Content | None:
    """What these lines encode, and what follows; None where nothing was encoded."""
    first = next((number for number, line in enumerate(lines) if line), 0)
    if lines and not _is_base64(lines[first]):
        lines = [*lines[:first], *_split_damaged(lines[first]), *lines[first + 1 :]]
    end = _count_encoded(lines)
    if is_text:
        end = _count_of_text(lines, end)
    data = _decode_lines(lines[:end])
    added = b"\n".join(lines[end:]).strip()
    if is_text and _was_never_encoded(b"".join(lines[:end]), data):
        return None
    return Content(data, added) if data or not added else None


def _was_never_encoded(letters: bytes, data: bytes) -> bool:
    """Whether a few words are base64 by their letters alone: what they would say is not readable."""
    is_short = len(letters) <= MAX_WORD_BYTES and b"=" not in letters
    return is_short and b"\x00" not in data and _CONTROL.search(data) is not None


def _below_banner(lines: list[bytes]) -> Content | None:
    """What is encoded below a warning that a relay put above it, in clear; None where nothing is."""
    candidates = enumerate(lines[1 : MAX_BANNER_LINES + 1], start=1)
    start = next((number for number, line in candidates if _is_encoded_line(line)), None)
    below = None if start is None else _decode_encoded(lines[start:], is_text=True)
    if below is None or not below.data or _CONTROL.search(below.data):
        return None
    return Content(below.data, below.added, b"\n".join(lines[:start]).strip())


def _is_encoded_line(line: bytes) -> bool:
    return len(line) >= MIN_BEHIND_BANNER and _is_base64(line)


def _split_damaged(line: bytes) -> list[bytes]:
    """A first line with letters that are no base64: they are left out, or a footer follows at once."""
    good = _BASE64_START.match(line)
    start = good[0] if good else b""
    if b"=" in start or len(start) % 4 == 0 < len(start):
        return [start, line[len(start) :]]
    letters = _NOT_BASE64.sub(b"", line)
    is_damaged = b" " not in line and len(letters) * 10 >= len(line) * 7
    return [letters] if is_damaged else [line]


def _count_encoded(lines: list[bytes]) -> int:
    """How many lines are base64. A single word in a footer's first line looks like it, too."""
    if _are_encoded(lines):
        return len(lines)
    for number, line in enumerate(lines):
        if line and not _is_base64(line):
            return _without_word_of_footer(lines, number)
    return len(lines)


def _are_encoded(lines: list[bytes]) -> bool:
    """Whether all lines are base64 without padding but at the end: those of a whole file are at once."""
    whole = b"".join(lines)
    padding = whole.translate(None, _LETTERS)
    last = next((line for line in reversed(lines) if line), b"")
    return padding in _PADDINGS and last.endswith(padding) and _is_base64(last)


def _is_base64(line: bytes) -> bool:
    return _BASE64_LINE.fullmatch(line) is not None


def _without_word_of_footer(lines: list[bytes], end: int) -> int:
    blank = next((number for number in range(end - 1, 0, -1) if not lines[number]), 0)
    before = [line for line in lines[:blank] if line]
    is_over = bool(before) and (b"=" in before[-1] or len(before[-1]) < len(before[0]))
    is_single = len(before) == 1 and len(before[0]) % 4 == 0
    return blank if is_over or is_single else end


def _count_of_text(lines: list[bytes], end: int) -> int:
    """How many of the lines that look like base64 are text; all of them where that cannot be told."""
    for count in range(end, max(end - MAX_FOOTER_LINES, 0), -1):
        data = _decode_lines(lines[:count])
        if not _CONTROL.search(data) and (data.isascii() or _is_utf8(data)):
            return count
    return end


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_lines(lines: list[bytes]) -> bytes:
    """The bytes of all segments: padding ends one, and some programs write several."""
    segments = b"".join(lines).split(b"=")
    return b"".join(decode_base64(segment) for segment in segments if segment)


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
