"""The headers by which a mail client puts our mail below the one that it answers (RFC 5322, 3.6.4). Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MAX_REFERENCES: Final = 20
"""Ids in References: the first one, by which clients find the thread, and the last ones."""

_USABLE: Final = re.compile(r"[!-;=?-~]{1,250}")
"""What may stand between the brackets of a message id: ASCII without blanks and brackets."""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A mail that one contact sent or got on a ticket; its id without brackets, empty without one."""

    message_id: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class ThreadPosition:
    """Where a mail stands: what it answers, and what came before that, the oldest first."""

    in_reply_to: str | None = None
    references: tuple[str, ...] = ()


def position_after(exchanged: Sequence[Exchanged]) -> ThreadPosition:
    """The position of our next mail after these, the oldest first.

    It answers the contact's last mail, or where there is none, ours before it. Ids that cannot stand in a
    header are passed over.
    """
    usable = [one for one in exchanged if _USABLE.fullmatch(one.message_id)]
    theirs = [number for number, one in enumerate(usable) if one.is_theirs]
    if not usable:
        return ThreadPosition()
    ids = [one.message_id for one in usable[: theirs[-1] + 1 if theirs else None]]
    parent = ids[-1]
    before = list(dict.fromkeys(id for id in ids if id != parent))
    bounded = before if len(before) < MAX_REFERENCES else [before[0], *before[2 - MAX_REFERENCES :]]
    return ThreadPosition(parent, (*bounded, parent))
