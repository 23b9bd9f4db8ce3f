"""The check of a message to a customer before it is sent (R11). Pure: everything it needs is given."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from babel import Locale

from common.wording.copied import copied_from_notes
from common.wording.courtesy import COURTESIES, has_closing, has_greeting
from common.wording.findings import FINDINGS, Finding, finding
from common.wording.names import find_phrases, names_in
from common.wording.prose import prose, sentences, without_code, words
from common.wording.readability import (
    FORMULAS,
    HARD_TO_READ_BELOW,
    MAX_SENTENCE_WORDS,
    reading_ease,
)

MAX_PER_CODE: Final = 5
"""Findings of one code that are shown."""
_PLACEHOLDER: Final = re.compile(
    r"\{\{[^{}\n]{0,60}\}\}|\$\{[^{}\n]{1,60}\}|\[\[[^\[\]\n]{1,60}\]\]|<<[^<>\n]{1,60}>>"
    r"|%%\w{1,40}%%|(?<![\w/={$])\{[a-z][a-z_ ]{0,40}\}(?![\w/}])"
)
_UNFINISHED: Final = re.compile(
    r"\b(?:TODO|TBD|FIXME)\b|\bX{3,10}\b|\[(?:insert|name|date|time|number|link|naam|datum|nummer"
    r"|Name|Datum|Nummer|vul in|einfügen)\b[^\[\]\n]{0,40}\]"
)
_ORDER: Final = {code: number for number, code in enumerate(FINDINGS)}


@dataclass(frozen=True, slots=True)
class MessageContext:
    """What is known about the ticket and the reader of a message.

    `language` (two letters) is the reader's, `detected_language` the text's where it is certain. `notes`
    are texts among staff; `shared` is what the customer wrote or can read. `other_names` are names of
    other customers and of what is theirs, `own_name` is the reader's. `blunt` maps a blunt phrase to
    what to do instead. `is_letter`: it is sent as one, so that it needs a greeting and a closing.
    """

    language: str
    detected_language: str | None = None
    notes: Sequence[str] = ()
    shared: Sequence[str] = ()
    other_names: Collection[str] = ()
    own_name: str = ""
    blunt: Mapping[str, str] = field(default_factory=dict)
    is_letter: bool = True


def check_message(text: str, context: MessageContext) -> tuple[Finding, ...]:
    """Return what is wrong with a text, what stops it first; nothing for a good one."""
    found: dict[Finding, None] = dict.fromkeys(_all_findings(text, context))
    shown: list[Finding] = []
    for one in sorted(found, key=lambda one: _ORDER[one.code]):
        if sum(other.code == one.code for other in shown) < MAX_PER_CODE:
            shown.append(one)
    return tuple(shown)


def check_what_stops(text: str, context: MessageContext) -> tuple[Finding, ...]:
    """Return what stops a text, alone: for titles and descriptions, which are no letters."""
    return tuple(dict.fromkeys(_hard_findings(text, without_code(text), context)))


def _hard_findings(text: str, readable: str, context: MessageContext) -> Iterator[Finding]:
    for match in _PLACEHOLDER.finditer(readable):
        yield finding("unfilled_placeholder", match[0])
    for quote in copied_from_notes(text, context.notes, context.shared):
        yield finding("internal_note", quote)
    for name in names_in(text, context.other_names, known=(context.own_name, *context.shared)):
        yield finding("other_customer", name)


def _all_findings(text: str, context: MessageContext) -> Iterator[Finding]:
    readable = without_code(text)
    yield from _hard_findings(text, readable, context)
    for match in _UNFINISHED.finditer(readable):
        yield finding("unfinished", match[0])
    if context.is_letter:
        yield from _courtesy(readable, context.detected_language or context.language)
    if context.detected_language not in {None, context.language}:
        yield finding("wrong_language", more=_languages(context))
    yield from _readability(prose(text), context)
    for phrase in find_phrases(readable, context.blunt):
        yield finding("blunt_word", phrase, context.blunt[phrase])


def _courtesy(text: str, language: str) -> Iterator[Finding]:
    if not has_greeting(text, language):
        yield finding("missing_greeting", more=COURTESIES[language].proposed_greeting)
    if not has_closing(text, language):
        yield finding("missing_closing", more=COURTESIES[language].proposed_closing)


def _languages(context: MessageContext) -> str:
    return (
        f"{_name(context.detected_language or '')}, and this reader reads {_name(context.language)}"
    )


def _name(language: str) -> str:
    return str(Locale.parse("en").languages.get(language, language))


def _readability(text: str, context: MessageContext) -> Iterator[Finding]:
    """Judge in the language in which it is written, as far as that is known."""
    spoken = [sentence for sentence in sentences(text) if words(sentence)]
    for sentence in spoken:
        if (count := len(words(sentence))) > MAX_SENTENCE_WORDS:
            yield finding("long_sentence", sentence, str(count))
    language = context.detected_language or context.language
    score = reading_ease(spoken, language)
    if score is not None and score < HARD_TO_READ_BELOW:
        yield finding("hard_to_read", more=f"{FORMULAS[language].name} {score:.0f} of 100")
