"""A template of a message, and what becomes of its placeholders. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

PLACEHOLDER: Final = re.compile(r"\{\{[ ]{0,3}([a-z][a-z0-9_]{0,40})[ ]{0,3}\}\}")
"""`{{ticket}}`: what stands between other braces stays as it is, and the check of messages finds it."""

KNOWN: Final[Mapping[str, str]] = {
    "contact": "the name of the ticket's contact",
    "customer": "the customer's name",
    "environment": "the environment's name",
    "opened_at": "when the ticket was opened, in the customer's time zone",
    "resolution": "how the ticket was resolved",
    "sender": "your name",
    "service": "the key of the service",
    "ticket": "the ticket's key",
    "title": "the ticket's title",
}
"""Placeholders that the ticket fills, with what they mean. All others are filled by who writes."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One version of a template in one language; the highest version counts unless it is retired."""

    key: str
    language: str
    version: int
    description: str
    text: str
    written_by: str
    written_at: datetime
    retired: bool = False

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of its placeholders, each once, as they stand."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.text)))


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled template: `missing` are the placeholders that nobody gave a value."""

    text: str
    missing: tuple[str, ...]


def fill(template: MessageTemplate, values: Mapping[str, str]) -> Draft:
    """Return the text with these values. A value is never searched for placeholders.

    What has no value stays as a placeholder: then the message cannot be sent.
    """

    def value_of(match: re.Match[str]) -> str:
        return values.get(match[1]) or f"{{{{{match[1]}}}}}"

    missing = tuple(name for name in template.placeholders if not values.get(name))
    return Draft(PLACEHOLDER.sub(value_of, template.text), missing)


def describe_missing(name: str) -> str:
    """Return what to do about a placeholder without a value."""
    if name in KNOWN:
        return f"The ticket does not say {KNOWN[name]}: give `{name}` in `values`, or write it."
    return f"Give `{name}` in `values`, or write it into the text."


def choose_language(languages: set[str], *preferred: str) -> str | None:
    """Return the first preferred language that there is, else English, else any; None without one."""
    for language in (*preferred, "en"):
        if language in languages:
            return language
    return min(languages, default=None)
