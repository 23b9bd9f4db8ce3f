"""What a mail says, and to whom. Pure."""

from dataclasses import dataclass

from intake.outgoing.domain.answer_text import Quotation
from intake.outgoing.domain.mailed_files import MailedFile


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mail says, and to whom: read when it is sent.

    `key` and `title` are the ticket's, `text` is our answer, `zone` the reader's time zone.
    `files` go along, `left_out` are the names of those that are too large.
    """

    key: str
    title: str
    text: str
    name: str
    address: str
    language: str
    zone: str
    quoted: Quotation | None = None
    files: tuple[MailedFile, ...] = ()
    left_out: tuple[str, ...] = ()
