"""Every message has words in three languages."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from console.language.catalogue import word
from console.language.messages import message_ids
from console.language.sentences import in_words

ROOT = Path(__file__).parents[4]
LOCALES = ROOT / "services/console/src/console/locales"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


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


@pytest.mark.parametrize(
    ("language", "message", "words"),
    [
        (
            "nl",
            "Tickets with all of them, with blanks between.",
            "Tickets met al deze labels, gescheiden door spaties.",
        ),
        (
            "de",
            "Tickets with all of them, with blanks between.",
            "Tickets mit allen diesen Schlagwörtern, durch Leerzeichen getrennt.",
        ),
        ("de", "Works on staging", "Funktioniert auf Staging"),
        ("de", "Works in production", "Funktioniert in der Produktion"),
    ],
)
def test_words_that_were_misread_are_plain(language: str, message: str, words: str) -> None:
    assert in_words(language, message) == words
