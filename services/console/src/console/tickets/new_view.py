"""A new ticket: what its form asks for, and who may be calling. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from console.forms.fields import Field
from console.tickets.acts import KINDS, LEVELS, NATURES
from console.upstream.part import Part, data_of

NUMBER: Final = re.compile(r"[+()\d][\d\s()/.-]{2,39}")
MIN_NAME_CHARS: Final = 2
TITLE: Final = Field("title", "line", needed=True)
DESCRIPTION: Final = Field("description", hint="their_words")
FOR_CONTACTS: Final = (
    TITLE,
    Field("description"),
    Field("impact", "one_of", choices=LEVELS, words="level"),
    Field("urgency", "one_of", choices=LEVELS, words="level"),
)
FIELDS: Final = (
    TITLE,
    DESCRIPTION,
    Field("channel", "one_of", choices=("phone", "staff", "chat", "email"), words="channel"),
    Field("kind", "one_of", choices=KINDS, words="kind"),
    Field(
        "nature",
        "one_of",
        choices=NATURES,
        words="nature",
        hint="change_request_only",
    ),
    Field(
        "customer",
        "listed",
        source="customers",
        hint="caller_known",
    ),
    Field("environment", "listed", source="environments"),
    Field("service", "listed", source="services"),
    Field("impact", "one_of", choices=LEVELS, words="level"),
    Field("urgency", "one_of", choices=LEVELS, words="level"),
    Field(
        "opened_at",
        "instant",
        hint="asked_earlier",
    ),
    Field("tags", "words"),
)


def caller_query(who: str) -> dict[str, str] | None:
    """Return how intake is asked who calls: by number, address or name; None where that says too little."""
    words = who.strip()
    if "@" in words:
        return {"email": words}
    if NUMBER.fullmatch(words):
        return {"phone": words}
    return {"name": words} if len(words) >= MIN_NAME_CHARS else None


def callers(part: Part | None) -> list[dict[str, Any]]:
    """Return who may be calling, as far as that is known."""
    data = data_of(part) if part is not None else None
    return list(data["items"]) if isinstance(data, dict) else []


def chosen_caller(part: Part | None, contact: str) -> Mapping[str, Any] | None:
    """Return the one who was chosen; the only one where there is no other."""
    found = callers(part)
    if not contact and len(found) == 1:
        return found[0]
    return next((one for one in found if one["contact_id"] == contact), None)
