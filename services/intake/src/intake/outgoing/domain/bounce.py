"""Read what a mail server reports of a mail of ours (RFC 3464). Pure, linear in the bytes that it looks at."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

MAX_REPORT_BYTES: Final = 262_144
"""In so many bytes stand the report and the head of the mail that it is about."""
MAX_NAMED: Final = 5
"""Mails of ours that one report can be about."""

_OWN_ID: Final = re.compile(
    rb"<opsdesk\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE
)
_ACTION: Final = re.compile(rb"(?im)^action:[ \t]{0,20}([a-z]{1,20})")
_STATUS: Final = re.compile(rb"(?im)^status:[ \t]{0,20}(5\.\d{1,3}\.\d{1,3})")


@dataclass(frozen=True, slots=True)
class Bounce:
    """These mails of ours came back for good, with this status (RFC 3463); empty where none is named."""

    mails: tuple[UUID, ...]
    status: str

    @property
    def problem(self) -> str:
        """Why they came back, without the address that reports repeat."""
        return f"it came back {self.status}".rstrip()


def read_bounce(raw: bytes) -> Bounce | None:
    """The mails of ours that the report gives back; None where it gives back none.

    A report of a delay, or of a delivery, is none.
    """
    beginning = raw[:MAX_REPORT_BYTES]
    actions = {action.lower() for action in _ACTION.findall(beginning)}
    if b"failed" not in actions:
        return None
    ids = dict.fromkeys(UUID(id.decode()) for id in _OWN_ID.findall(beginning))
    status = _STATUS.search(beginning)
    return Bounce(tuple(ids)[:MAX_NAMED], status[1].decode() if status else "") if ids else None
