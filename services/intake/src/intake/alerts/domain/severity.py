"""The words with which monitors name a severity, and the priority of each (I4). Pure."""

import re
from collections.abc import Mapping
from typing import Final

from intake.tickets.domain.prioritisation import PriorityAssessment, assess
from intake.tickets.domain.priority import (
    DEFAULT_IMPACT_URGENCY,
    DEFAULT_MATRIX,
    PRIORITIES,
    Priority,
    is_lower,
)

UNKNOWN_WORD_PRIORITY: Final[Priority] = "critical"
"""The priority of a word that is not below: rather one alert too loud than one unheard."""

SEVERITY_WORDS: Final[Mapping[Priority, str]] = {
    "blocker": "blocker emergency emerg fatal disaster page panic catastrophic urgent highest",
    "critical": "critical crit alert high severe down",
    "major": "major error err warning warn medium moderate average normal degraded",
    "minor": "minor low notice",
    "trivial": "trivial info information informational debug none ok lowest",
}
"""The words of each priority, in lower case: syslog, Zabbix, Nagios, PagerDuty, New Relic, Jira."""

_PRIORITY_OF_WORD: Final = {
    word: priority for priority, words in SEVERITY_WORDS.items() for word in words.split()
}
_NUMBERED: Final = re.compile(r"(?:p|prio|priority|s|sev|severity)([0-5])")
"""`p1`, `sev-1`, `Severity 2`: 0 and 1 are the worst. A bare number is not: some count upwards."""
_NUMBERED_FIRST: Final = re.compile(
    r"(?:p|prio|priority|s|sev|severity)[ _-]?([0-5])(?=[\s:,/|([-])"
)
"""The same before more words: `P1 - Critical`, `SEV2: degraded`."""
_BETWEEN_WORDS: Final = re.compile(r"[\s:,/|()\[\]-]+")
_DENIALS: Final = frozenset({"no", "non", "not", "never"})
_OF_NUMBER: Final[tuple[Priority, ...]] = ("blocker", *PRIORITIES)
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_BRACKETED: Final = re.compile(r"[\[(]([^\[\]()]{1,30})[\])]")


def priority_of_word(word: str) -> Priority | None:
    """The priority of a severity as a monitor writes it; None for an unknown word."""
    if numbered := _NUMBERED_FIRST.match(word.strip().lower()):
        return _OF_NUMBER[int(numbered[1])]
    return _priority_of_single(word) or _priority_of_several(word.lower())


def _priority_of_single(word: str) -> Priority | None:
    plain = _NOT_WORD.sub("", word.lower())
    if numbered := _NUMBERED.fullmatch(plain):
        return _OF_NUMBER[int(numbered[1])]
    return _PRIORITY_OF_WORD.get(plain)


def _priority_of_several(words: str) -> Priority | None:
    """The priority of the first known of several words, as in `1 - High`; None where one denies it."""
    single = [_NOT_WORD.sub("", word) for word in _BETWEEN_WORDS.split(words)]
    if _DENIALS.intersection(single):
        return None
    return next((_PRIORITY_OF_WORD[word] for word in single if word in _PRIORITY_OF_WORD), None)


def assess_severity(word: str | None) -> PriorityAssessment:
    """The priority of an alert: without a severity the middle of OpsDesk's own matrix.

    The house's matrix is for what people assess; an alert names its severity itself (I4).
    """
    if word is None:
        return assess(DEFAULT_MATRIX, *DEFAULT_IMPACT_URGENCY)
    return PriorityAssessment(priority_of_word(word) or UNKNOWN_WORD_PRIORITY)


def severity_in_title(title: str) -> str | None:
    """A known severity in brackets, as in `[P1] [Triggered] Checkout`; None without one."""
    return next((word for word in _BRACKETED.findall(title) if _priority_of_single(word)), None)


def is_worse(new: Priority, old: Priority) -> bool:
    """Whether `new` is a higher priority than `old`."""
    return is_lower(old, new)
