"""What a mail says, and to whom. Pure."""

from dataclasses import dataclass

from intake.outgoing.domain.answer_text import Quotation


@dataclass(frozen=True, slots=True)
class Contents:
    """What a mail says, and to whom: read when it is sent.

    `key` and `title` are the ticket's, `text` is our answer, `zone` the reader's time zone.
    """

    key: str
    title: str
    text: str
    name: str
    address: str
    language: str
    zone: str
    quoted: Quotation | None = None
