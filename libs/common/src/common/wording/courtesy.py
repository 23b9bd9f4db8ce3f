"""How letters begin and end, by language. Pure data and two questions about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from common.wording.prose import plain_words


@dataclass(frozen=True, slots=True)
class Courtesy:
    """Beginnings and endings of letters, in lower case; the first of each is the one to propose."""

    greetings: tuple[str, ...]
    closings: tuple[str, ...]
    proposed_greeting: str
    proposed_closing: str


COURTESIES: Final[Mapping[str, Courtesy]] = {
    "en": Courtesy(
        ("dear", "hello", "hi", "good morning", "good afternoon", "good evening", "good day"),
        (
            "kind regards",
            "best regards",
            "with regards",
            "regards",
            "sincerely",
            "yours",
            "best wishes",
            "many thanks",
            "thank you",
            "thanks",
            "best",
            "cheers",
        ),
        "Hello Jan,",
        "Kind regards",
    ),
    "nl": Courtesy(
        (
            "beste",
            "geachte",
            "hallo",
            "hoi",
            "dag",
            "goedemorgen",
            "goedemiddag",
            "goedenavond",
            "goedendag",
            "goeiedag",
        ),
        (
            "met vriendelijke groet",
            "met hartelijke groet",
            "vriendelijke groet",
            "hartelijke groet",
            "groet",
            "groeten",
            "mvg",
            "hoogachtend",
            "alvast bedankt",
            "bedankt",
        ),
        "Beste Jan,",
        "Met vriendelijke groet",
    ),
    "de": Courtesy(
        (
            "sehr geehrte",
            "sehr geehrter",
            "sehr geehrtes",
            "liebe",
            "lieber",
            "guten tag",
            "guten morgen",
            "guten abend",
            "hallo",
            "moin",
            "grüezi",
            "servus",
            "werte",
            "werter",
        ),
        (
            "mit freundlichen grüßen",
            "mit freundlichem gruß",
            "mit freundlichen gruessen",
            "mit freundlichen grüssen",
            "freundliche grüße",
            "freundliche grüsse",
            "viele grüße",
            "viele grüsse",
            "beste grüße",
            "beste grüsse",
            "herzliche grüße",
            "liebe grüße",
            "mfg",
            "grüße",
            "gruß",
            "vielen dank",
            "danke",
        ),
        "Guten Tag Jan,",
        "Mit freundlichen Grüßen",
    ),
}
CLOSING_LINES: Final = 8
"""A closing stands in the last lines: below it name, function and address."""


def has_greeting(text: str, language: str) -> bool:
    """Return whether a text greets in its first line; also where the language has no rule."""
    courtesy = COURTESIES.get(language)
    return courtesy is None or _begins_with(_lines(text)[0], courtesy.greetings)


def has_closing(text: str, language: str) -> bool:
    """Return whether one of the last lines is a closing; also where the language has no rule."""
    courtesy = COURTESIES.get(language)
    last = _lines(text)[-CLOSING_LINES:]
    return courtesy is None or any(_begins_with(line, courtesy.closings) for line in last)


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line] or [""]


def _begins_with(line: str, beginnings: tuple[str, ...]) -> bool:
    spoken = " ".join(plain_words(line)) + " "
    return any(spoken.startswith(f"{' '.join(plain_words(one))} ") for one in beginnings)
