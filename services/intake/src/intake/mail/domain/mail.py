"""Parse a raw e-mail (RFC 5322). Pure, and never raises, whatever the bytes."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Final

from intake.mail.domain.header import decode_text, split_head
from intake.mail.domain.mailbox import Mailbox, parse_only_mailbox
from intake.mail.domain.mime import MAX_HEAD_BYTES, Tree, beginning, fields_of, structure
from intake.mail.domain.parts import File, TextPart, read_contents
from intake.tickets.domain.attachment import Attachment

MAX_REFERENCES: Final = 50
MAX_AUTHENTICATION_RESULTS: Final = 20
HEAD_DIGEST_CHARS: Final = 32
"""With how many characters a fingerprint tells the head of a mail; the others tell its body."""

_MESSAGE_ID: Final = re.compile(r"<([^<>\s\x00-\x1f]{1,250})>")
_OWN_ID: Final = re.compile(rb"(?im)^message-id:[ \t\n]{0,1000}<([^<>\s]{1,250})>")
_IDENTIFYING: Final = (b"from:", b"date:", b"subject:", b"message-id:", b"in-reply-to:")
_ROBOT: Final = re.compile(r"(?:no|donot)[._-]?reply", re.IGNORECASE)
_SEPARATORS: Final = re.compile(r"[._-]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A parsed mail. Nothing in it is verified, least of all the sender.

    Message ids are without angle brackets, `references` oldest first, header names lower case. `sender` is
    the normalised address of the only mailbox in the only From header (I1); of a web form, which writes as
    `form`, that of its Reply-To (I2). `texts` are shown in their order; `defects` names what could not be
    read. `authentication` are the Authentication-Results headers, the newest first.
    """

    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: str | None
    sender_name: str
    subject: str
    texts: tuple[TextPart, ...]
    attachments: tuple[Attachment, ...]
    headers: dict[str, str] = field(repr=False)
    defects: tuple[str, ...] = ()
    form: str | None = None
    authentication: tuple[str, ...] = ()
    carries_report: bool = False

    @property
    def is_reply(self) -> bool:
        """Whether it refers to another mail."""
        return bool(self.in_reply_to or self.references)


def fingerprint(raw: bytes) -> str:
    """A digest that is the same for one mail on every route: trace headers and line ends do not count."""
    lines, rest = split_head(raw)
    head = b"\n".join(line for line in lines if _identifies(line))
    digests = (hashlib.sha256(data).hexdigest() for data in (head, rest.replace(b"\r\n", b"\n")))
    return "".join(digest[:HEAD_DIGEST_CHARS] for digest in digests)


def find_message_id(raw: bytes) -> str:
    """The mail's own id, found without parsing the rest; empty without one."""
    match = _OWN_ID.search(b"\n".join(split_head(raw[:MAX_HEAD_BYTES])[0]))
    # PostgreSQL stores no NUL in a text.
    return match[1].decode("ascii", "replace").replace("\0", "\ufffd") if match else ""


def has_date(raw: bytes) -> bool:
    """Whether the mail says when it was written: one that is sent again does not."""
    return any(line[:5].lower() == b"date:" for line in split_head(raw[:MAX_HEAD_BYTES])[0])


def parse_mail(raw: bytes) -> Mail:
    """Everything that can be read; what cannot is named in `defects`."""
    return _to_mail(*structure(raw))[0]


def parse_head(raw: bytes) -> Mail:
    """The headers, and as text the beginning of the body as it came."""
    return _to_mail(beginning(raw), ())[0]


def parse_files(raw: bytes) -> tuple[File, ...]:
    """The files that the mail carries, in the order of its `attachments`."""
    return _to_mail(*structure(raw))[1]


def parse_message_ids(header: str) -> tuple[str, ...]:
    """The message ids in a header, in its order; of more than 50 the first and the last 49."""
    ids = list(dict.fromkeys(_MESSAGE_ID.findall(header)))
    bounded = ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]
    return tuple(bounded)


def _to_mail(tree: Tree, defects: tuple[str, ...]) -> tuple[Mail, tuple[File, ...]]:
    fields = fields_of(tree)
    contents = read_contents(tree)
    headers = _decoded(fields)
    sender, form = _find_sender(fields)
    mail = Mail(
        message_id=next(iter(parse_message_ids(headers.get("message-id", ""))), None),
        in_reply_to=parse_message_ids(headers.get("in-reply-to", "")),
        references=parse_message_ids(_all_values(fields, "references")),
        sender=sender.address if sender else None,
        sender_name=sender.name if sender else "",
        subject=" ".join(headers.get("subject", "").split()),
        texts=contents.texts,
        attachments=tuple(file.attachment for file in contents.files),
        headers=headers,
        defects=defects + contents.defects,
        form=form.address if form else None,
        authentication=_authentication(fields),
        carries_report=_carries_report(headers, contents.files),
    )
    return mail, contents.files


def _find_sender(fields: list[tuple[str, str]]) -> tuple[Mailbox | None, Mailbox | None]:
    """Who wrote, and the web form by which, if it was one."""
    sender = _only_mailbox(fields, "from")
    if sender is None or not is_robot(sender.address):
        return sender, None
    person = _only_mailbox(fields, "reply-to")
    if person is None or person.address == sender.address or is_robot(person.address):
        return sender, None
    return person, sender


def _only_mailbox(fields: list[tuple[str, str]], name: str) -> Mailbox | None:
    values = [value for key, value in fields if key == name]
    return parse_only_mailbox(values[0]) if len(values) == 1 else None


def is_robot(address: str) -> bool:
    """Whether nobody reads what is sent to this address, by its name: `noreply`, `do-not-reply`."""
    local = _SEPARATORS.sub("", address.rpartition("@")[0].partition("+")[0])
    return _ROBOT.match(local) is not None or local.endswith(("noreply", "donotreply"))


def _decoded(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Decoded headers by name; the first of repeated ones."""
    headers: dict[str, str] = {}
    for name, value in fields:
        if name not in headers:
            headers[name] = decode_text(value)
    return headers


def _all_values(fields: list[tuple[str, str]], name: str) -> str:
    """The values of all headers of that name. Long ones are not cut: the newest id stands last."""
    return " ".join(value for key, value in fields if key == name)[-60_000:]


def _authentication(fields: list[tuple[str, str]]) -> tuple[str, ...]:
    found = [value for name, value in fields if name == "authentication-results"]
    return tuple(decode_text(value) for value in found[:MAX_AUTHENTICATION_RESULTS])


def _carries_report(headers: dict[str, str], files: tuple[File, ...]) -> bool:
    """Whether it is made of a report for machines (RFC 6522)."""
    kind = headers.get("content-type", "").lstrip().lower()
    reports = {"message/delivery-status", "message/disposition-notification"}
    return kind.startswith("multipart/report") or any(file.media_type in reports for file in files)


def _identifies(line: bytes) -> bool:
    return line.lower().startswith(_IDENTIFYING)
