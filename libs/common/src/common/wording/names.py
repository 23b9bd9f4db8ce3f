"""Which names and phrases stand in a text, as whole words. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from common.wording.prose import plain_words

MIN_NAME_CHARS: Final = 3
"""Shorter names are words of some language."""


def names_in(text: str, names: Collection[str], known: Collection[str]) -> Iterator[str]:
    """Yield the names that stand in the text and in nothing of what is `known` to the reader.

    A name of one word must be written as it is ("Apple" is not "apple"); of several, its words count.
    """
    spoken, exact = _padded(text), set(re.findall(r"\w+", text))
    known_words = " ".join(map(_padded, known))
    for name in names:
        parts = _padded(name)
        if len(name.strip()) < MIN_NAME_CHARS or parts not in spoken or parts in known_words:
            continue
        if len(parts.split()) > 1 or name.strip() in exact:
            yield name


def find_phrases(text: str, phrases: Iterable[str]) -> Iterator[str]:
    """Yield the phrases that stand in the text, however they are written."""
    spoken = _padded(text)
    for phrase in phrases:
        if (parts := _padded(phrase)).strip() and parts in spoken:
            yield phrase


def _padded(text: str) -> str:
    return f" {' '.join(plain_words(text))} "
