"""Sentences of ours and of the services in the reader's words; a service's own English where there are none."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from console.language import times
from console.language.catalogue import translations, word
from console.language.chosen import Reader
from console.language.fault_words import EXAMPLES
from console.language.numbers import percent
from console.language.words import WORDS
from console.service_text import Sentence, ServiceText

STATES: Final = tuple(kind for kind in WORDS if kind == "state" or kind.endswith("_state"))
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "state": STATES,
    "priority": ("priority",),
    "tier": ("tier",),
    "on": ("waiting_on",),
    "to": ("role",),
    "was": ("priority", "detected_by"),
    "wanted": ("priority", "detected_by"),
}
"""The kinds of words for facts that are codes."""
VAGUE: Final = frozenset({"conflict", "forbidden", "invalid", "refused"})
"""Codes of many different refusals."""


def in_words(language: str, sentence: Sentence | None, reader: Reader | None = None) -> str:
    """Return a sentence in the reader's language; markup where it is a service's own English.

    Instants in it are told in the zone of the `reader`.
    """
    if sentence is None:
        return ""
    if isinstance(sentence, str):
        return str(translations(language).gettext(sentence))
    translated = (
        _of_field(language, sentence)
        or _with_facts(language, sentence, reader)
        or _translated(language, sentence)
    )
    if translated and not _is_vague(sentence):
        return translated
    own = Markup('<span lang="en">{}</span>').format(sentence.english)
    return (
        own if translated is None or language == "en" else Markup("{} {}").format(translated, own)
    )


def _is_vague(text: ServiceText) -> bool:
    """Whether the code says less than the service's own sentence, which is shown then, too."""
    return text.about == "reason" and text.code in VAGUE and bool(text.english)


def _translated(language: str, text: ServiceText) -> str | None:
    english = WORDS[text.about].get(text.code)
    return None if english is None else str(translations(language).gettext(english))


def _of_field(language: str, text: ServiceText) -> str | None:
    if text.about != "fault":
        return None
    english = WORDS["fault_of_field"].get(f"{text.code}.{text.of_field}")
    return None if english is None else str(translations(language).gettext(english))


def _with_facts(language: str, text: ServiceText, reader: Reader | None) -> str | None:
    """Return the sentence that has a place for facts, where the service named these facts."""
    english = WORDS.get(f"{text.about}_with_facts", {}).get(text.code)
    if english is None:
        return None
    facts = {name: _fact(language, name, value, reader) for name, value in text.facts.items()}
    if example := EXAMPLES.get(text.of_field):
        facts["example"] = example
    try:
        return str(translations(language).gettext(english)) % facts
    except KeyError:
        return None


def _fact(language: str, name: str, value: str, reader: Reader | None) -> str:
    """Return a fact as it is read, by the end of its name: an instant, counted time, a span of time, a number of per
    cent; words for a code."""
    if name.endswith("_at") and reader is not None:
        return times.at(reader, datetime.fromisoformat(value))
    if name.endswith("_seconds"):
        return times.working_time(language, timedelta(seconds=float(value)))
    if name.endswith("_span"):
        return times.duration(language, timedelta(seconds=float(value)))
    if name.endswith("_percent"):
        return percent(language, value)
    kinds = (kind for kind in KINDS.get(name, ()) if value in WORDS[kind])
    kind = next(kinds, None)
    return value if kind is None else word(language, kind, value)
