"""Why a mail was held back, not read, or its sender not believed: intake's own English, and the same by a code. Pure.

Intake stores these as sentences. One that is not known here is shown as intake wrote it.
"""

import re
from collections.abc import Mapping
from typing import Final

from console.language.intake_page_words import HELD_AS
from console.service_text import NO_FACTS, ServiceText

NOT_READ: Final = "not read: "
BETWEEN: Final = "; "
DOUBTS: Final[Mapping[str, tuple[str, str]]] = {
    "no_sender": (
        r"its From header names nobody, several people, or cannot be read",
        "it names no sender, or several",
    ),
    "too_complex": (r"too complex to be read", "it is too complex to be read"),
    "structure": (r"structure unreadable", "its structure cannot be read"),
    "too_many_parts": (
        r"more than (?P<count>[\d,]+) parts",
        "it has more than %(count)s parts; the others are not shown",
    ),
    "takes_time": (
        r"it takes longer than (?P<seconds>\d+) s to read",
        "it takes longer than %(seconds)s s to read",
    ),
    "takes_memory": (
        r"it takes more than (?P<mib>\d+) MiB of memory to read",
        "it takes more than %(mib)s MiB of memory to read",
    ),
    "no_answer": (
        r"what reads it ended without an answer",
        "what reads it ended without an answer",
    ),
    "own_fault": (
        r"OpsDesk has a fault that this mail shows",
        "OpsDesk has a fault that this mail shows",
    ),
    "failed": (
        r"the mail gateway reports that this mail does not come from (?P<domain>\S*) \(DMARC failed\)",
        "the mail gateway reports that it does not come from %(domain)s",
    ),
    "staff_unproven": (
        r"it says it is from staff, and no DMARC pass for (?P<domain>\S*) proves that",
        "it says that one of us wrote it, and nothing proves that it comes from %(domain)s",
    ),
    "staff_by_form": (
        r"it says it is from staff, and anybody may have filled in the form \((?P<form>.*)\)",
        "it says that one of us wrote it, and anybody may have filled in the form %(form)s",
    ),
    "shared_form": (
        r"anybody may have an address like that of the form that sent it \((?P<form>.*)\)",
        "anybody may have an address like %(form)s, of the form that sent it",
    ),
    "foreign_form": (
        r"a form of another organisation sent it \((?P<form>.*)\)",
        "a form of another organisation sent it: %(form)s",
    ),
}
"""What intake writes, and the words for it."""
_PATTERNS: Final = {code: re.compile(pattern) for code, (pattern, _) in DOUBTS.items()}
ALONE: Final[Mapping[str, str]] = HELD_AS | {
    code: words for code, (_, words) in DOUBTS.items() if "%(" not in words
}
WITH_FACTS: Final[Mapping[str, str]] = {
    code: words for code, (_, words) in DOUBTS.items() if "%(" in words
}


def mail_reasons(text: str | None) -> tuple[ServiceText, ...]:
    """Return each reason by itself; nothing where there is none."""
    return tuple(map(_reason, text.split(BETWEEN))) if text else ()


def _reason(text: str) -> ServiceText:
    own = text.removeprefix(NOT_READ)
    for code, pattern in _PATTERNS.items():
        if (found := pattern.fullmatch(own)) is not None:
            return ServiceText(code, text, found.groupdict(), "mail_reason")
    return ServiceText(own, text, NO_FACTS, "mail_reason")
