"""Every message has words in three languages, and every code of the services that pages show has some."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from console.language.catalogue import word
from console.language.messages import message_ids
from console.language.words import WORDS

ROOT = Path(__file__).parents[4]
LOCALES = ROOT / "services/console/src/console/locales"
PLACEHOLDER = re.compile(r"%\(\w+\)s")

SHOWN = {
    "channel": ("channel",),
    "contract": ("contract",),
    "environment_tier": ("tier",),
    "impact": ("level",),
    "kind": ("kind", "waiting", "follow_up"),
    "lifecycle": ("lifecycle",),
    "mailing": ("mail",),
    "metric": ("metric",),
    "nature": ("nature",),
    "priority": ("priority",),
    "roles": ("role",),
    "state": (
        "state",
        "case_state",
        "waiver_state",
        "delivery_state",
        "environment_state",
        "mail",
        "notification",
    ),
    "tier": ("tier",),
    "trigger": ("trigger",),
    "urgency": ("level",),
    "waiting_on": ("waiting_on",),
}
"""Enums of the services' documents that pages show, with the kinds of words that they have."""

NOT_SHOWN_SCHEMAS = {
    "kind": {
        "add", "agreement", "blocks", "calendar", "cancel", "caused_by", "child_of", "client",
        "delivery", "duplicates", "email", "extend", "follows", "jira", "maintenance", "move",
        "outage", "person", "remove", "replace", "role", "rota", "servicenow", "shorten", "sms",
        "split_from", "token", "zendesk",
    },
    "state": {
        "active", "agreed", "applied", "at_risk", "authorized", "confirmed", "creating", "declined",
        "degraded", "dismissed", "done", "down", "draft", "ended", "fix_requested", "fixed",
        "granted", "in_effect", "investigating", "known_error", "linked", "lost", "maintenance",
        "met", "missed", "none", "on_track", "owed", "proposed", "published",
        "removal_owed", "removed", "retired", "settled", "terminated", "unsent", "up",
    },
}  # fmt: skip
"""Values of these enums that belong to nouns without a page yet: each page that comes takes some away."""


def enums() -> dict[str, set[str]]:
    """Return the values of the enums in docs/api by the name of their field."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "docs/api").glob("*.md"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"\| `(\w+)` \| .*?one of ([^|]*)\|", line):
                values = match[2].replace(" or null", "").split(",")
                found.setdefault(match[1], set()).update(value.strip() for value in values)
    return found


@pytest.mark.parametrize("field", sorted(SHOWN))
def test_every_code_that_pages_show_has_words(field: str) -> None:
    known = {code for kind in SHOWN[field] for code in WORDS[kind]}
    assert enums()[field] - known == NOT_SHOWN_SCHEMAS.get(field, set())


def test_the_enums_are_found_at_all() -> None:
    assert {"blocker", "trivial"} <= enums()["priority"]


def catalogue(language: str) -> Catalog:
    path = LOCALES / language / "LC_MESSAGES" / "console.po"
    return read_po(path.open("rb"), locale=language)


@pytest.mark.parametrize("language", ["nl", "de"])
def test_every_message_is_translated_and_none_is_fuzzy(language: str) -> None:
    translated = {
        part
        for message in catalogue(language)
        if message.id and not message.fuzzy and all(_texts(message.string))
        for part in _texts(message.id)
    }
    assert translated == message_ids()


@pytest.mark.parametrize("language", ["nl", "de"])
def test_a_translation_fills_in_what_the_message_does(language: str) -> None:
    for message in catalogue(language):
        wanted = {name for text in _texts(message.id) for name in PLACEHOLDER.findall(text)}
        for text in _texts(message.string):
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id


@pytest.mark.parametrize("language", ["en", "nl", "de"])
def test_a_code_that_a_newer_service_added_is_legible(language: str) -> None:
    assert word(language, "state", "on_the_moon") == "on the moon"


def test_words_are_in_the_language() -> None:
    assert word("nl", "state", "resolved") == "opgelost"
    assert word("de", "trigger", "clock_breached") == "eine Zusage ist gebrochen"


def _texts(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)
