"""What the check of messages says of a text before it is sent, and which templates there are. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from console.service_text import ServiceText, fault_of

AGREED: Final = "checked"
"""The hidden field that names the text of which somebody has seen the findings."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text. `is_hard`: it is not sent as long as this is in it. `quote`: the place."""

    text: ServiceText
    quote: str
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a text, the hard ones first."""

    findings: tuple[Finding, ...]

    @property
    def is_hard(self) -> bool:
        return any(one.is_hard for one in self.findings)


@dataclass(frozen=True, slots=True)
class Template:
    """A template of messages, with the languages in which there is one."""

    key: str
    description: str
    languages: tuple[str, ...]


def checked_of(answer: Mapping[str, Any]) -> Checked:
    """Return what intake found, as the check and a draft answer it."""
    found = [_finding(one) for one in answer.get("findings") or ()]
    return Checked(tuple(sorted(found, key=lambda one: not one.is_hard)))


def name_of(text: str) -> str:
    """Return by which name a form says that the findings of this text were seen."""
    return sha256(text.encode()).hexdigest()


def is_agreed(values: Mapping[str, str], text: str) -> bool:
    """Whether whoever sends this text has seen what was found in it, or says why it is right."""
    overrules = bool(values.get("overrule_reason", "").strip())
    return overrules or values.get(AGREED) == name_of(text)


def templates_of(items: Iterable[Mapping[str, Any]], language: str) -> tuple[Template, ...]:
    """Return the templates that are in use, described in this language where one is written in it."""
    by_key: dict[str, dict[str, str]] = {}
    for one in items:
        if not one["retired"]:
            by_key.setdefault(one["key"], {})[one["language"]] = one["description"]
    return tuple(
        Template(key, words.get(language) or next(iter(words.values())), tuple(sorted(words)))
        for key, words in sorted(by_key.items())
    )


def _finding(item: Mapping[str, Any]) -> Finding:
    text = fault_of(
        {"code": item["code"], "detail": item["detail"], "pointer": "/text"},
        {"quote": item["quote"]},
    )
    return Finding(text, item["quote"], item["severity"] == "hard")
