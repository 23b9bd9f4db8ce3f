"""What a search found, service by service; a key leads straight to its page. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.upstream.part import Missing, Part, items_of

KEYS: Final = (
    (re.compile(r"OPS-\d+", re.IGNORECASE), "tickets"),
    (re.compile(r"WVR-\d+", re.IGNORECASE), "waivers"),
    (re.compile(r"DEL-\d+", re.IGNORECASE), "deliveries"),
)


@dataclass(frozen=True, slots=True)
class Hit:
    path: str
    key: str
    title: str
    about: str
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """`hits` of the words; `missing` are services that could not be asked."""

    hits: tuple[Hit, ...]
    missing: tuple[Missing, ...]


def page_of_key(words: str) -> str | None:
    """Return the page of a key that was typed; None where it is none."""
    wanted = words.strip()
    return next(
        (f"/{noun}/{wanted.upper()}" for pattern, noun in KEYS if pattern.fullmatch(wanted)), None
    )


def found(parts: Mapping[str, Part]) -> Found:
    """Put together what was found."""
    hits = tuple(
        Hit(
            f"/tickets/{item['key']}",
            item["key"],
            item["title"],
            " · ".join(filter(None, (item.get("customer"), item.get("environment")))),
            item["state"],
        )
        for item in items_of(parts["tickets"])
    )
    return Found(hits, tuple(one for one in parts.values() if isinstance(one, Missing)))
