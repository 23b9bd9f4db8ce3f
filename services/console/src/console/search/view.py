"""What a search found, service by service; a key leads straight to its page. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from console.upstream.part import Denied, Missing, Part, data_of, items_of

KEYS: Final = (
    (re.compile(r"OPS-\d+", re.IGNORECASE), "tickets"),
    (re.compile(r"WVR-\d+", re.IGNORECASE), "waivers"),
    (re.compile(r"DEL-\d+", re.IGNORECASE), "deliveries"),
    (re.compile(r"ESC-\d+", re.IGNORECASE), "escalations"),
    (re.compile(r"OUT-\d+", re.IGNORECASE), "outages"),
    (re.compile(r"MW-\d+", re.IGNORECASE), "maintenance"),
    (re.compile(r"RA-\d+", re.IGNORECASE), "review-actions"),
    (re.compile(r"FUP-\d+", re.IGNORECASE), "follow-ups"),
    (re.compile(r"NTC-\d+", re.IGNORECASE), "notices"),
    (re.compile(r"MON-\d+", re.IGNORECASE), "monitoring-improvements"),
    (re.compile(r"ACC-\d+", re.IGNORECASE), "access-requests"),
    (re.compile(r"KB-\d+", re.IGNORECASE), "articles"),
    (re.compile(r"EMC-\d+", re.IGNORECASE), "emergency-changes"),
)


NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}", re.IGNORECASE)
"""What may be the key of an environment."""


@dataclass(frozen=True, slots=True)
class DirectoryHit:
    """A customer whose name or key has the words, or an environment of this very key; `kind` has words of the kind `fact`."""

    path: str
    key: str
    kind: str
    about: str


@dataclass(frozen=True, slots=True)
class Hit:
    path: str
    key: str
    title: str
    about: str
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """`hits` of the words; `missing` are services that could not be asked; `denied`: tickets may not be searched."""

    directory_hits: tuple[DirectoryHit, ...]
    hits: tuple[Hit, ...]
    missing: tuple[Missing, ...]
    denied: Denied | None


def page_of_key(words: str) -> str | None:
    """Return the page of a key that was typed; None where it is none."""
    wanted = words.strip()
    return next(
        (f"/{noun}/{wanted.upper()}" for pattern, noun in KEYS if pattern.fullmatch(wanted)), None
    )


def found(parts: Mapping[str, Part], words: str) -> Found:
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
    missing = {one.service: one for one in parts.values() if isinstance(one, Missing)}
    tickets = parts["tickets"]
    denied = tickets if isinstance(tickets, Denied) else None
    return Found(tuple(_directory_hits(parts, words)), hits, tuple(missing.values()), denied)


def _directory_hits(parts: Mapping[str, Part], words: str) -> Iterator[DirectoryHit]:
    """Return customers by a part of name or key, and the environment of this very key."""
    wanted = words.casefold()
    for one in items_of(parts["customers"]) if "customers" in parts else ():
        if wanted in one["name"].casefold() or wanted in one["key"].casefold():
            path = f"/customers/{quote(one['key'], safe='')}"
            yield DirectoryHit(path, one["key"], "customer", one["name"])
    environment = parts.get("environment")
    if environment is not None and (data := data_of(environment)):
        path = f"/environments/{quote(data['key'], safe='')}"
        yield DirectoryHit(path, data["key"], "environment", data["customer"])
