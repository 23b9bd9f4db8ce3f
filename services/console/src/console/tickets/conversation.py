"""The conversation on a ticket: who wrote what to whom, with which files. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from console.upstream.part import Here, Part, items_of

Voice = Literal["customer", "us", "internal"]
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What intake sends as a picture, once the bytes say the same."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message; `size` in bytes. `is_picture`: of a kind that may be looked at in the browser."""

    number: int
    name: str
    size: int
    is_picture: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A message. `voice`: of the customer, ours to the customer, or among us. `mail`: what became of it.

    `history` is what was cut from it: quoted text, a signature. `email`: the id of the mail as which it came.
    """

    id: str
    voice: Voice
    author: str
    at: str
    text: str
    automatic: bool
    has_html: bool
    files: tuple[File, ...]
    mail: str | None
    doubt: str | None
    partner: str | None
    history: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages in the order in which they were written; None where they cannot be shown.

    `later` is the cursor of those that follow.
    """

    messages: tuple[Message, ...] | None
    later: str | None = None


def conversation(part: Part | None) -> Conversation:
    """Return what was written, as far as the services said."""
    if not isinstance(part, Here):
        return Conversation(None)
    return Conversation(tuple(map(_message, items_of(part))), part.data.get("next"))


def _message(item: Mapping[str, Any]) -> Message:
    voice: Voice = "customer" if item["direction"] == "inbound" else "us"
    if item["visibility"] == "internal":
        voice = "internal"
    return Message(
        item["id"],
        voice,
        item.get("author_name") or item["author"],
        item["at"],
        item["text"],
        item["automatic"],
        item.get("html") is not None,
        tuple(map(_file, item.get("attachments") or ())),
        _mail(item),
        item.get("sender_doubt"),
        item.get("partner"),
        (item.get("history") or "").strip() or None,
        item.get("email"),
    )


def _file(item: Mapping[str, Any]) -> File:
    return File(item["number"], item["name"], item["size"], item["media_type"] in PICTURES)


def _mail(item: Mapping[str, Any]) -> str | None:
    """Return what became of the mails of a message: the worst of them."""
    states = {one["state"] for one in item.get("mails") or () if one["purpose"] != "receipt"}
    for state in ("bounced", "failed", "withheld", "waiting", "cancelled", "sent"):
        if state in states:
            return state
    mailing = item.get("mailing")
    return mailing if mailing in {"nobody", "off"} else None
