"""The headers of a mail or of one of its parts: where they end, and what they say (I1, I3). Pure.

Headers are split first and decoded afterwards: nothing that an encoded word holds can be a header, an
address or a parameter.
"""

import binascii
import re
from collections.abc import Iterator
from string import ascii_letters
from typing import Final

from intake.mail.domain.charset import decode
from intake.tickets.domain.plain_text import strip_control_characters

MAX_HEADER_CHARS: Final = 4_096
MAX_HEAD_BYTES: Final = 262_144
MAX_FILE_NAME_CHARS: Final = 200

_BLANK_LINE: Final = re.compile(rb"\r\n\r\n|\n\r?\n|\r\r")
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_FIELD: Final = re.compile(rb"([!-9;-~]+)[ \t]*:(.*)", re.DOTALL)
_LEADING_BLANK_LINES: Final = re.compile(rb"[\r\n]+(?=(?:From|Received|Return-Path|Delivered-To):)")
_MBOX_LINE: Final = re.compile(rb">?From (?! *:)")
_KNOWN_FIELDS: Final = frozenset(
    b"from to cc subject date message-id received mime-version content-type reply-to sender in-reply-to"
    b" content-transfer-encoding references return-path delivered-to dkim-signature list-id precedence"
    b" authentication-results auto-submitted user-agent x-mailer importance thread-topic".split()
)
_WORD: Final = re.compile(r"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]{0,4096})\?=")
_Q_BYTE: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_PERCENT_BYTE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_NOT_BASE64: Final = bytes(set(range(256)) - set(b"+/0123456789" + ascii_letters.encode()))
_SECTION: Final = re.compile(r"\*(\d{1,3})(\*?)")


def split_head(raw: bytes) -> tuple[list[bytes], bytes]:
    """The lines of the head, each a field or the rest of one, and what follows behind them.

    What follows begins with the blank line, if there is one. Put right are what relays and old programs
    do to heads: an mbox line, CR as line end, blanks before the colon, a continued line without its blank.
    """
    raw = raw[match.end() :] if (match := _LEADING_BLANK_LINES.match(raw)) else raw
    if raw.startswith((b"\n", b"\r")):
        return [], raw
    end = _BLANK_LINE.search(raw, 0, MAX_HEAD_BYTES)
    head, rest = (raw[: end.start()], raw[end.start() :]) if end else (raw[:MAX_HEAD_BYTES], b"")
    lines = _LINE_END.split(head)
    if _MBOX_LINE.match(lines[0]):
        lines.pop(0)
    count = _count_head_lines(lines)
    body = b"\n".join(lines[count:])
    tail = raw[MAX_HEAD_BYTES:] if end is None else rest
    return [_to_field(line) for line in lines[:count]], body + tail


def with_clean_head(raw: bytes) -> bytes:
    """The mail with a head that every parser reads alike."""
    lines, rest = split_head(raw)
    if b"\n" not in raw:
        rest = rest.replace(b"\r", b"\n")
    is_separated = rest.startswith((b"\n", b"\r"))
    separator = b"" if is_separated else b"\n\n" if lines else b"\n"
    return b"\n".join(lines) + separator + rest


def decode_text(value: str) -> str:
    """The text of a header: encoded words and raw bytes decoded, without control characters."""
    return strip_control_characters("".join(_decode_words(decode_raw(value[:MAX_HEADER_CHARS]))))


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value of a header like Content-Type in lower case, and its parameters, not yet decoded."""
    main, *pieces = split_outside_quotes(value[:MAX_HEADER_CHARS], ";")
    parameters: dict[str, str] = {}
    for piece in pieces:
        name, _, text = piece.partition("=")
        parameters.setdefault(name.strip().lower(), _unquote(text.strip()))
    return main.strip().lower(), parameters


def parse_file_name(parameters: dict[str, str], base: str) -> str:
    """The file name in the parameters `base`, `base*` or `base*0`, `base*1` …; empty without one."""
    sections = _sections(parameters, base)
    if sections:
        return _decode_sections(sections)
    return decode_text(parameters.get(base, ""))


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """The text, split where the separator stands outside of quotes."""
    pieces, start, is_quoted, is_escaped = [], 0, False, False
    for position, character in enumerate(text):
        if is_escaped:
            is_escaped = False
        elif character == "\\":
            is_escaped = is_quoted
        elif character == '"':
            is_quoted = not is_quoted
        elif character == separator and not is_quoted:
            pieces.append(text[start:position])
            start = position + 1
    return [*pieces, text[start:]]


def _count_head_lines(lines: list[bytes]) -> int:
    """How many lines belong to the head: up to the last field, and what continues that."""
    last_known = max((number for number, line in enumerate(lines) if _is_known(line)), default=-1)
    for number, line in enumerate(lines):
        is_field = _FIELD.match(line) is not None or (number > 0 and line.startswith((b" ", b"\t")))
        if not is_field and number > last_known:
            return number
    return len(lines)


def _is_known(line: bytes) -> bool:
    field = _FIELD.match(line)
    return field is not None and field[1].lower() in _KNOWN_FIELDS


def _to_field(line: bytes) -> bytes:
    if line.startswith((b" ", b"\t")):
        return line
    field = _FIELD.match(line)
    return field[1] + b":" + field[2] if field else b" " + line


def decode_raw(value: str) -> str:
    """Raw bytes in a header are UTF-8, else windows-1252."""
    return value if value.isascii() else decode(value.encode("utf-8", "surrogateescape"), None)


def _decode_words(value: str) -> Iterator[str]:
    """The pieces of a header, with the bytes of adjacent words of one charset decoded together."""
    charset, data, end = "", b"", 0
    for word in _WORD.finditer(value):
        between = value[end : word.start()]
        label = word[1].partition("*")[0].lower()
        if between.strip() or label != charset:
            yield decode(data, charset)
            data = b""
        if between.strip() or not end:
            yield between
        charset, data, end = label, data + _decode_word(word[2], word[3]), word.end()
    yield decode(data, charset)
    yield value[end:]


def _decode_word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return _decode_bytes(_Q_BYTE, data.replace(b"_", b" "))
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """The bytes in base64, whatever else stands between and however it ends."""
    letters = data.translate(None, _NOT_BASE64)
    whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", r"\1", text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:])


def _sections(parameters: dict[str, str], base: str) -> list[tuple[bool, str]]:
    """The sections of a long or encoded parameter (RFC 2231): whether encoded, and the text."""
    if f"{base}*" in parameters:
        return [(True, parameters[f"{base}*"])]
    numbered = {}
    for name, text in parameters.items():
        if name.startswith(base) and (match := _SECTION.fullmatch(name[len(base) :])):
            numbered[int(match[1])] = (bool(match[2]), text)
    return [numbered[number] for number in sorted(numbered)]


def _decode_sections(sections: list[tuple[bool, str]]) -> str:
    label, first = "", sections[0][1]
    if sections[0][0] and first.count("'") >= 2:
        label, _, first = first.split("'", 2)
    texts = [(sections[0][0], first), *sections[1:]]
    data = b"".join(_section_bytes(is_encoded, text) for is_encoded, text in texts)
    decoded = strip_control_characters(decode(data, label or None))
    return "".join(_decode_words(decoded)) if not label else decoded


def _section_bytes(is_encoded: bool, text: str) -> bytes:
    data = text.encode("utf-8", "surrogateescape")
    return _decode_bytes(_PERCENT_BYTE, data) if is_encoded else data


def _decode_bytes(pattern: re.Pattern[bytes], data: bytes) -> bytes:
    """The data with each byte that is written in hexadecimal."""
    return pattern.sub(lambda byte: bytes.fromhex(byte[1].decode("ascii")), data)
