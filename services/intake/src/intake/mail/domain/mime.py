"""The parts of a raw e-mail: its structure, the texts it shows and the files it carries (I3). Pure.

The standard library's parser splits everything, but its accessors raise many kinds of errors on malformed
mails, or lose characters. Only its splitting is used: headers, charsets and contents are read by the
modules beside this one.
"""

import re
from email import message_from_bytes
from email.errors import MessageError, MissingHeaderBodySeparatorDefect
from email.message import Message
from email.policy import Compat32
from typing import TYPE_CHECKING, Final

from intake.mail.domain.header import parse_parameters, with_clean_head
from intake.mail.domain.transfer_encoding import Content, decode_content
from intake.tickets.domain.plain_text import strip_control_characters

MAX_HEADERS: Final = 1_000
MAX_PARTS: Final = 1_000
"""Texts, and as many files, that are taken of a mail."""
MAX_LOOKED_AT: Final = 20_000
"""Parts that are looked at, for texts behind many files."""
MAX_HEAD_BYTES: Final = 262_144
MAX_UNPARSED_BODY_BYTES: Final = 10_000
MAX_PARSER_WORK: Final = 3_000_000
"""Most lines times multiparts that are parsed: the parser compares each line with each boundary."""
MAX_REPAIRS: Final = 20

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
_LOST_BOUNDARY: Final = re.compile(
    rb"^--([^\r\n]{1,200}?)[ \t]{0,50}\r?\n(?=content-[a-z-]{1,40}[ \t]*:)",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_LINE: Final = re.compile(rb"\n\r?\n")
_SPACED_FIELD: Final = re.compile(rb"content-[a-z-]{1,40}[ \t]+:", re.IGNORECASE)

if TYPE_CHECKING:
    _Message = Message[str, str]
else:
    _Message = Message  # generic for type checkers alone


class Tree(_Message):
    """A part of a mail, with its parts or its body."""

    @property
    def body(self) -> bytes | None:
        """The body as it came; None where the part consists of parts.

        The accessor of the standard library decodes it by a charset that may not be the declared one's.
        """
        payload = vars(self).get("_payload")
        return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else None


class _AsSent(Compat32):
    """Headers as they came: the policies of the standard library replace raw bytes, or raise."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_POLICY: Final = _AsSent(message_factory=Tree)


def structure(raw: bytes) -> tuple[Tree, tuple[str, ...]]:
    """The parsed mail and its defects.

    Of a mail whose parsing would take minutes, only the headers and the beginning of the body.
    """
    lines = raw.count(b"\n") + raw.count(b"\r")
    if lines * (1 + raw.lower().count(b"boundary")) > MAX_PARSER_WORK:
        return beginning(raw), ("too complex to be read",)
    try:
        return _parse(with_clean_head(raw)), ()
    except PARSER_ERRORS:
        return beginning(raw), ("structure unreadable",)


def beginning(raw: bytes) -> Tree:
    """The headers of a mail and the first bytes of its body, as one part of plain text."""
    head, *rest = _EMPTY_LINE.split(with_clean_head(raw[:MAX_HEAD_BYTES]), maxsplit=1)
    body = b"".join(rest)
    tree = _parse(head + b"\n\n", headers_only=True)
    del tree["content-type"], tree["content-transfer-encoding"]
    tree.set_payload(body[:MAX_UNPARSED_BODY_BYTES].decode("ascii", "surrogateescape"))
    return tree


def fields_of(tree: Tree) -> list[tuple[str, str]]:
    """Names in lower case and values of the headers, as they came; at most MAX_HEADERS."""
    return [(name.lower(), str(value)) for name, value in tree.raw_items()][:MAX_HEADERS]


def field_of(part: Tree, name: str) -> str:
    """The first header of that name as it came; empty without one."""
    return next((str(value) for key, value in part.raw_items() if key.lower() == name), "")


def media_type(part: Tree) -> str:
    """The content type of a part, at most 100 characters."""
    try:
        return strip_control_characters(part.get_content_type())[:100]
    except PARSER_ERRORS:
        return "application/octet-stream"


def parameters_of(part: Tree, name: str) -> dict[str, str]:
    """The parameters of a part's Content-Type or Content-Disposition, as they came."""
    return parse_parameters(field_of(part, name))[1]


def children_of(part: Tree) -> list[Tree]:
    """The parts that a part consists of; none for one that has content itself."""
    payload = part.get_payload() if part.is_multipart() else None
    return [child for child in payload if isinstance(child, Tree)] if payload else []


def content_of(part: Tree) -> Content:
    """The decoded content of a part that has no parts."""
    is_text = part.get_content_maintype() == "text"
    encoding = field_of(part, "content-transfer-encoding")
    return decode_content(part.body or b"", encoding, is_text=is_text)


def message_bytes(part: Tree) -> bytes:
    """A mail inside the mail, as bytes."""
    try:
        return b"\n".join(child.as_bytes(policy=_POLICY) for child in children_of(part))
    except PARSER_ERRORS:
        return b""


def decoded_message(part: Tree) -> Tree | None:
    """A mail inside the mail that is encoded as a whole, decoded; None for one that is not."""
    body = message_bytes(part).lstrip()
    data = decode_content(body, field_of(part, "content-transfer-encoding")).data
    if data == body or not data:
        return None
    head = [
        f"{name}: {value}\n".encode("utf-8", "surrogateescape")
        for name, value in part.raw_items()
        if name.lower() != "content-transfer-encoding"
    ]
    try:
        return _parse(b"".join(head) + b"\n" + data)
    except PARSER_ERRORS:
        return None


def repaired(part: Tree) -> Tree | None:
    """The part read again where its boundary or its own head was damaged; None where nothing helps."""
    body = part.body
    if body is None:
        return None
    try:
        if media_type(part).startswith("multipart/"):
            return _with_found_boundary(part, content_of(part).data)
        if _is_head_cut(part) and _SPACED_FIELD.match(body):
            fields = b"".join(
                f"{name}: {value}\n".encode("utf-8", "surrogateescape")
                for name, value in part.raw_items()
            )
            return _parse(with_clean_head(fields + body))
    except PARSER_ERRORS:
        return None
    return None


def _with_found_boundary(part: Tree, body: bytes) -> Tree | None:
    found = _LOST_BOUNDARY.search(body)
    if found is None or b'"' in found[1] or b"\\" in found[1]:
        return None
    head = b'Content-Type: %s; boundary="%s"\n\n' % (media_type(part).encode("ascii"), found[1])
    return _parse(head + body[found.start() :])


def _is_head_cut(part: Tree) -> bool:
    return any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in part.defects)


def _parse(raw: bytes, *, headers_only: bool = False) -> Tree:
    if headers_only:
        raw = raw.partition(b"\n\n")[0] + b"\n\n"
    tree = message_from_bytes(raw, policy=_POLICY)
    assert isinstance(tree, Tree), "the policy makes its parts"
    return tree
