"""Tell the new words of an answer from the history below them (I3). Pure.

Only what is certainly history is split off: quoted lines at the very end, and the block that Outlook puts
above the mail that is answered. Answers between quotes, forwarded mails and pasted texts stay. What is
split off is stored beside the text, and shown on request.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_ATTRIBUTION_LINES: Final = 3
MAX_HEADING_LINES: Final = 8

_FORWARDED: Final = re.compile(
    r"-{2,}\s{0,3}(?:forwarded|weitergeleitete|doorgestuurd|message transf|mensaje reenv|inoltr)"
    r"|begin forwarded message|anfang der weitergeleiteten|begin doorgestuurd",
    re.IGNORECASE,
)
_ORIGINAL: Final = re.compile(
    r"-{3,}\s{0,3}(?:original message|urspr.{1,2}ngliche nachricht|oorspronkelijk bericht"
    r"|message d'origine|mensaje original|messaggio originale)\s{0,3}-{3,}",
    re.IGNORECASE,
)
_HEADING: Final = re.compile(
    r"\*{0,2}(from|von|van|de|da|sent|gesendet|verzonden|envoy[ée]|enviado(?: el)?|inviato|date|datum"
    r"|to|an|aan|[àa]|para|subject|betreff|onderwerp|objet|asunto|oggetto|cc|kopie)\s{0,3}\*{0,2}:\*{0,2}",
    re.IGNORECASE,
)
_FROM_WORDS: Final = frozenset({"from", "von", "van", "de", "da"})
_SENT_WORDS: Final = frozenset(
    {
        "sent",
        "gesendet",
        "verzonden",
        "envoyé",
        "envoye",
        "enviado",
        "enviado el",
        "inviato",
        "date",
        "datum",
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The new words of an answer, and the history that stood below; None where there was none."""

    text: str
    history: str | None = None


def split_answer(text: str, *, is_forwarded: bool = False) -> Answer:
    """The answer; all of it is new where it forwards something, or where nothing else would be left."""
    lines = text.splitlines()
    end = len(lines) if is_forwarded else _end_of_new(lines)
    new = "\n".join(lines[:end]).rstrip()
    if end == len(lines) or not new.strip():
        return Answer(text)
    return Answer(new, "\n".join(lines[end:]).strip() or None)


def _end_of_new(lines: list[str]) -> int:
    """The number of the line at which the history begins."""
    quoted = _start_of_trailing_quote(lines)
    return min(_start_of_original(lines), quoted)


def _start_of_trailing_quote(lines: list[str]) -> int:
    """Where the quoted lines at the very end begin, with the line above that says whose they are."""
    start = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].lstrip().startswith(">"):
            start = number
        elif lines[number].strip():
            break
    return _start_of_attribution(lines, start) if start < len(lines) else len(lines)


def _start_of_attribution(lines: list[str], quote: int) -> int:
    """Where "On Monday, Anna wrote:" begins that stands above a quote; else the quote itself."""
    last = quote - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    first = last
    while first > 0 and last - first < MAX_ATTRIBUTION_LINES and lines[first - 1].strip():
        first -= 1
    attribution = " ".join(lines[first : last + 1]).strip()
    is_one = attribution.endswith(":") and last - first < MAX_ATTRIBUTION_LINES
    names_somebody = "@" in attribution or any(letter.isdigit() for letter in attribution)
    return first if is_one and names_somebody else quote


def _start_of_original(lines: list[str]) -> int:
    """Where Outlook's "From, Sent, To, Subject" or "Original Message" stands that no forwarding announces."""
    for number, line in enumerate(lines):
        if _FORWARDED.match(line.strip()):
            return len(lines)
        if _ORIGINAL.match(line.strip()):
            return number
        if _is_heading(lines[number : number + MAX_HEADING_LINES]):
            return _with_rule_above(lines, number)
    return len(lines)


def _is_heading(lines: list[str]) -> bool:
    words = []
    for line in lines:
        match = _HEADING.match(line.strip())
        if match is None:
            break
        words.append(match[1].lower())
    return len(words) >= 3 and words[0] in _FROM_WORDS and not _SENT_WORDS.isdisjoint(words[1:3])


def _with_rule_above(lines: list[str], number: int) -> int:
    """The line of dashes above a heading belongs to it."""
    above = number - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    is_rule = above >= 0 and set(lines[above].strip()) <= {"_", "-"}
    return above if is_rule else number
