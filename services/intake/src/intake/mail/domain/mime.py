"""The parts of a raw e-mail: structure, decoded headers, texts, attachments. Pure.

The standard library's parser reads everything, but its accessors raise many kinds of errors on
malformed mails. Each accessor is called in one place here, which catches all of `PARSER_ERRORS`.
"""

from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Part
from email.parser import BytesHeaderParser
from itertools import islice
from typing import Any, Final, TypeAlias

from intake.tickets.domain.message import Attachment
from intake.tickets.domain.plain_text import strip_control_characters

MAX_HEADER_CHARS: Final = 4_096
MAX_HEADERS: Final = 1_000
MAX_PARTS: Final = 1_000
MAX_HEAD_BYTES: Final = 262_144
MAX_UNPARSED_BODY_BYTES: Final = 10_000
MAX_PARSER_WORK: Final = 3_000_000
"""Most lines times multiparts that are parsed: the parser compares each line with each boundary."""

PARSER_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MessageError,
    RecursionError,
    TypeError,
    ValueError,
)

Tree: TypeAlias = "Part[Any, Any]"


def structure(raw: bytes) -> tuple[Tree, tuple[str, ...]]:
    """The parsed mail and its defects.

    Of a mail whose parsing would take minutes, only the headers and the beginning of the body.
    """
    lines = raw.count(b"\n") + raw.count(b"\r")
    if lines * (1 + raw.lower().count(b"boundary")) > MAX_PARSER_WORK:
        return beginning(raw), ("too complex to be read",)
    try:
        return message_from_bytes(raw), ()
    except PARSER_ERRORS:
        return beginning(raw), ("structure unreadable",)


def beginning(raw: bytes) -> Tree:
    """The headers of a mail and the first bytes of its body, as one part of plain text."""
    head, _, body = raw[:MAX_HEAD_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    tree = BytesHeaderParser().parsebytes(head + b"\n\n")
    del tree["content-type"], tree["content-transfer-encoding"]
    tree.set_payload(body[:MAX_UNPARSED_BODY_BYTES].decode("ascii", "surrogateescape"))
    return tree


def headers_of(tree: Tree) -> dict[str, str]:
    """Decoded headers by lower-case name; the first of repeated ones, at most MAX_HEADERS."""
    headers: dict[str, str] = {}
    for name, value in islice(tree.raw_items(), MAX_HEADERS):
        if name.lower() not in headers:
            headers[name.lower()] = decode_header_text(str(value))
    return headers


def decode_header_text(value: str) -> str:
    """The text of a header, with encoded words and raw UTF-8 decoded, without control characters."""
    value = decode_bytes(value[:MAX_HEADER_CHARS].encode("utf-8", "surrogateescape"), "utf-8")
    try:
        words = [_word(text, charset) for text, charset in decode_header(value)]
    except PARSER_ERRORS:
        words = [value]
    return strip_control_characters("".join(words))


def decode_bytes(data: bytes, charset: str | None) -> str:
    """Decode bytes that may not be in the charset they claim: then as UTF-8, else as Latin-1."""
    try:
        return data.decode(charset or "utf-8", "strict")
    except PARSER_ERRORS:
        return data.decode("utf-8" if _is_utf8(data) else "latin-1", "replace")


def leaves(tree: Tree) -> list[Tree]:
    """At most MAX_PARTS parts that have content, in reading order, found without recursion.

    A message inside the message (forwarded as attachment) is one leaf.
    """
    content_parts: list[Tree] = []
    waiting = [tree]
    while waiting and len(content_parts) < MAX_PARTS:
        part = waiting.pop()
        inner = part.get_payload() if part.is_multipart() else ()
        if isinstance(inner, list) and not media_type(part).startswith("message/"):
            waiting.extend(child for child in reversed(inner) if isinstance(child, Part))
        else:
            content_parts.append(part)
    return content_parts


def first_text(parts: list[Tree], content_type: str) -> str | None:
    """The first part of that type that is not an attachment, decoded."""
    return next((_text(part) for part in parts if _is_text(part, content_type)), None)


def attachments(parts: list[Tree]) -> tuple[Attachment, ...]:
    """Names, types and sizes of the attachments."""
    return tuple(_attachment(part) for part in parts if _is_attached(part))


def media_type(part: Tree) -> str:
    """The content type of a part, at most 100 characters."""
    try:
        return strip_control_characters(part.get_content_type())[:100]
    except PARSER_ERRORS:
        return "application/octet-stream"


def _is_text(part: Tree, content_type: str) -> bool:
    return media_type(part) == content_type and not _is_attached(part)


def _is_attached(part: Tree) -> bool:
    if not media_type(part).startswith("text/"):
        return not part.is_multipart() or media_type(part).startswith("message/")
    return str(part.get("content-disposition", "")).strip().lower().startswith("attachment")


def _attachment(part: Tree) -> Attachment:
    return Attachment(_file_name(part), media_type(part), len(_content(part)))


def _file_name(part: Tree) -> str:
    try:
        return decode_header_text(part.get_filename() or "")[:200] or "unnamed"
    except PARSER_ERRORS:
        return "unnamed"


def _text(part: Tree) -> str:
    return strip_control_characters(decode_bytes(_content(part), _charset(part)))


def _content(part: Tree) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except PARSER_ERRORS:
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _charset(part: Tree) -> str | None:
    try:
        return part.get_content_charset()
    except PARSER_ERRORS:
        return None


def _word(text: str | bytes, charset: str | None) -> str:
    return text if isinstance(text, str) else decode_bytes(text, charset)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
