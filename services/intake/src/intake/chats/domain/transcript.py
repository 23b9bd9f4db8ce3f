"""A chat as its system sends it: who said what when. Pure."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from common.domain.visible_text import shows_something
from intake.tickets.domain.message import Direction

Speaker = Literal["customer", "agent", "bot"]
Side = Literal["customer", "us"]
DIGEST_CHARS: Final = 32


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One message of a chat. `id` is the chat system's own, `name` what the speaker is called there.

    `person` is the `sub` of an agent who is one of our own people.
    """

    speaker: Speaker
    text: str
    at: datetime
    id: str | None = None
    name: str | None = None
    person: str | None = None

    @property
    def direction(self) -> Direction:
        """From the customer, or from us."""
        return "inbound" if self.speaker == "customer" else "outbound"

    @property
    def side(self) -> Side | None:
        """Whose turn it was: of the customer, or of one of our people; None for a bot or another agent."""
        if self.speaker == "customer":
            return "customer"
        return None if self.person is None else "us"

    def author(self, contact: str | None) -> str:
        """Whose message it is: an account where one is known, else the name in the chat."""
        account = contact if self.speaker == "customer" else self.person
        return account or f"chat:{self.name or self.speaker}"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat of a `source`, known there by its `id`, with its lines in the order of their sending.

    `system` is the `sub` of who sends it; to another one it is another chat.
    """

    system: str
    source: str
    id: str
    lines: tuple[ChatLine, ...]


def line_keys(lines: Sequence[ChatLine]) -> list[str]:
    """A key for each line, the same whenever the chat is sent again.

    It is the chat system's id with a digest of the words, as some systems number each part anew and people correct what
    they have written: other words under an id are another line. Without an id it is a digest of what was said when by
    whom, with how often that was so.
    """
    keys: list[str] = []
    for line in lines:
        if line.id is not None:
            digest_of_text = hashlib.sha256(line.text.encode()).hexdigest()[:DIGEST_CHARS]
            keys.append(f"id:{line.id}:{digest_of_text}")
            continue
        words = "\0".join((line.speaker, line.name or "", line.at.isoformat(), line.text))
        digest = hashlib.sha256(words.encode()).hexdigest()
        keys.append(f"{digest}:{sum(key.startswith(digest) for key in keys)}")
    return keys


def new_lines(lines: Sequence[ChatLine], known: Collection[str]) -> list[tuple[str, ChatLine]]:
    """The lines that are not on the ticket yet, each once, with their keys.

    Without those in which nothing is to be seen: nobody is answered by them, and no clock stops.
    """
    pairs = dict(zip(line_keys(lines), lines, strict=True))
    return [
        (key, line)
        for key, line in pairs.items()
        if key not in known and shows_something(line.text)
    ]


def seen_lines(lines: Sequence[ChatLine]) -> list[ChatLine]:
    """The lines in which something is to be seen."""
    return [line for line in lines if shows_something(line.text)]


def opening_line(lines: Sequence[ChatLine]) -> ChatLine:
    """The line that says what the chat is about: the customer's first one, else the first of these."""
    return next((line for line in lines if line.speaker == "customer"), lines[0])


def last_turns(lines: Sequence[tuple[str, ChatLine]]) -> list[tuple[Side, str]]:
    """The last line (by its key) of each side, the side that wrote last at the end."""
    turns: dict[Side, str] = {}
    for key, line in lines:
        if line.side is not None:
            turns.pop(line.side, None)
            turns[line.side] = key
    return list(turns.items())
