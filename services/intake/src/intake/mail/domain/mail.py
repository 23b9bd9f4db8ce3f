"""Parse a raw e-mail (RFC 5322). Pure, and never raises, whatever the bytes.

The standard library's `compat32` policy is used on purpose: it keeps headers as they came, while
the newer policies parse them on access and raise, or take minutes, on malicious ones.
"""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from intake.directory.domain.address import first_address
from intake.mail.domain.mime import (
    MAX_HEAD_BYTES,
    Tree,
    attachments,
    beginning,
    first_text,
    headers_of,
    leaves,
    structure,
)
from intake.tickets.domain.message import Attachment

MAX_REFERENCES: Final = 50

_MESSAGE_ID: Final = re.compile(r"<([^<>\s\x00-\x1f]{1,250})>")
_OWN_ID: Final = re.compile(rb"(?im)^message-id:[ \t\n]*<([^<>\s]{1,250})>")
_HEAD: Final = re.compile(rb"(?:[!-9;-~]++:[^\n]*+\n|[ \t][^\n]*+\n)*+")
_IDENTIFYING: Final = (b"from:", b"date:", b"subject:", b"message-id:")


@dataclass(frozen=True, slots=True)
class Mail:
    """A parsed mail. Nothing in it is verified, least of all the sender.

    Message ids are without angle brackets, `references` oldest first, `sender` normalised, header
    names lower case. `plain` and `html` are the first text parts as sent; `defects` names what
    could not be read.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: str | None
    sender_name: str
    subject: str
    plain: str | None
    html: str | None
    attachments: tuple[Attachment, ...]
    headers: dict[str, str] = field(repr=False)
    defects: tuple[str, ...] = ()

    @property
    def is_reply(self) -> bool:
        """Whether it refers to another mail."""
        return bool(self.in_reply_to or self.references)


def fingerprint(raw: bytes) -> str:
    """A digest that is the same for one mail on every route: trace headers and line ends do not count."""
    head, body = _split(raw)
    lines = [line for line in head.split(b"\n") if line.lower().startswith(_IDENTIFYING)]
    digest = hashlib.sha256(b"\n".join(lines))
    digest.update(b"\n\n" + body)
    return digest.hexdigest()


def find_message_id(raw: bytes) -> str:
    """The mail's own id, found without parsing the rest; empty without one."""
    match = _OWN_ID.search(_split(raw[:MAX_HEAD_BYTES])[0])
    return match[1].decode("ascii", "replace") if match else ""


def parse_mail(raw: bytes) -> Mail:
    """Everything that can be read; what cannot is named in `defects`."""
    return _to_mail(*structure(raw))


def parse_head(raw: bytes) -> Mail:
    """The headers, and as `plain` the beginning of the body as it came."""
    return _to_mail(beginning(raw), ())


def _to_mail(tree: Tree, defects: tuple[str, ...]) -> Mail:
    parts = leaves(tree)
    headers = headers_of(tree)
    name, sender = first_address(headers.get("from", "")) or ("", None)
    return Mail(
        message_id=next(iter(parse_message_ids(headers.get("message-id", ""))), None),
        in_reply_to=parse_message_ids(headers.get("in-reply-to", "")),
        references=parse_message_ids(headers.get("references", "")),
        sender=sender,
        sender_name=name,
        subject=" ".join(headers.get("subject", "").split()),
        plain=first_text(parts, "text/plain"),
        html=first_text(parts, "text/html"),
        attachments=attachments(parts),
        headers=headers,
        defects=defects,
    )


def parse_message_ids(header: str) -> tuple[str, ...]:
    """The message ids in a header, in its order; of more than 50 the first and the last 49."""
    ids = list(dict.fromkeys(_MESSAGE_ID.findall(header)))
    bounded = ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(bounded)


def _split(raw: bytes) -> tuple[bytes, bytes]:
    """The header lines at the beginning of a mail, and the rest; each may be empty.

    This is done before a mail is stored, in the service's own process: in one pass, over the first
    bytes alone.
    """
    lines = raw.replace(b"\r\n", b"\n")
    match = _HEAD.match(lines, 0, MAX_HEAD_BYTES)
    end = match.end() if match else 0
    return lines[:end], lines[end:]
