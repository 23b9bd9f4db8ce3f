"""How easily a text is read, by the published formula of its language. Pure.

Each gives some 0 (very hard) to 100 (very easy); newspapers lie about 50. `w` are words in a sentence, `s`
syllables in a word, both on average:

- English: Flesch, "A new readability yardstick", 1948: 206.835 - 1.015 w - 84.6 s
- Dutch: Douma, "De leesbaarheid van landbouwbladen", 1960: 206.84 - 0.93 w - 77 s
- German: Amstad, "Wie verständlich sind unsere Zeitungen?", 1978: 180 - w - 58.5 s

Syllables are counted as groups of vowels, which is right for some nine words of ten: enough for a
formula that is made of averages.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from common.wording.prose import words


@dataclass(frozen=True, slots=True)
class Formula:
    """`base - by_sentence * words in a sentence - by_word * syllables in a word`."""

    name: str
    base: float
    by_sentence: float
    by_word: float


FORMULAS: Final[Mapping[str, Formula]] = {
    "en": Formula("Flesch", 206.835, 1.015, 84.6),
    "nl": Formula("Flesch-Douma", 206.84, 0.93, 77.0),
    "de": Formula("Amstad", 180.0, 1.0, 58.5),
}
MAX_SENTENCE_WORDS: Final = 40
"""Words of a sentence beyond which nobody reads it once only."""
HARD_TO_READ_BELOW: Final = 30.0
"""Flesch calls what is below this "very difficult"; the other two were scaled to his."""
MIN_WORDS: Final = 40
"""Words below which an average says nothing."""
_VOWELS: Final = re.compile("[ëïÿ]?[aeiouyàáâäæèéêìíîòóôöøœùúûü]+|[ëïÿ]")
_SILENT: Final = re.compile(r"[^aeiouyl]e$")


def syllables(word: str, language: str) -> int:
    """Return about how many syllables a word has, one at least."""
    lower = word.casefold()
    if language == "nl":
        lower = lower.replace("ij", "y")
    count = len(_VOWELS.findall(lower))
    if language == "en" and count > 1 and _SILENT.search(lower):
        count -= 1
    return max(count, 1)


def reading_ease(sentences: Sequence[str], language: str) -> float | None:
    """Return the score of these sentences; None for a language without formula, or too few words."""
    formula = FORMULAS.get(language)
    counted = [found for sentence in sentences if (found := words(sentence))]
    total = sum(map(len, counted))
    if formula is None or total < MIN_WORDS:
        return None
    spoken = sum(syllables(word, language) for sentence in counted for word in sentence)
    return (
        formula.base - formula.by_sentence * total / len(counted) - formula.by_word * spoken / total
    )
