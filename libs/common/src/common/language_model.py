"""Which language a text is written in, by `lingua`'s trigrams; runs confined (see `language_detection`).

In the mode of low accuracy eight languages take 15 MiB and 0.13 s to load; in the other one 220 MiB and
3 s, for texts of single words, which are not judged here.
"""

from lingua import Language, LanguageDetectorBuilder

LANGUAGES = (
    Language.DUTCH,
    Language.ENGLISH,
    Language.FRENCH,
    Language.GERMAN,
    Language.ITALIAN,
    Language.POLISH,
    Language.PORTUGUESE,
    Language.SPANISH,
)
CERTAIN = 0.8
"""Confidence from which a language is named; below it nobody is told anything."""


def detect(text: str) -> str | None:
    """Return the language of a text as two letters; None where it is not certain."""
    builder = LanguageDetectorBuilder.from_languages(*LANGUAGES).with_low_accuracy_mode()
    likeliest = builder.build().compute_language_confidence_values(text)[0]
    if likeliest.value < CERTAIN:
        return None
    code: str = likeliest.language.iso_code_639_1.name
    return code.lower()
