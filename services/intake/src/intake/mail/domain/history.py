"""Tell the new words of an answer from the history below them (I3). Pure.

Only what is certainly history is split off: quoted lines at the very end, the block that Outlook puts
above the mail that is answered, and a signature above them or at the end. Answers between quotes, forwarded mails and pasted texts stay. What is
split off is stored beside the text, and shown on request.
"""

import re
from dataclasses import dataclass
from typing import Final

MAX_ATTRIBUTION_LINES: Final = 3
MAX_HEADING_LINES: Final = 8
MAX_SIGNATURE_LINES: Final = 12
SIGNATURE_MARK: Final = "-- "
"""The line above a signature (RFC 3676, 4.3); without the blank it may be a rule, or a file's."""

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
_ATTRIBUTION_START: Final = re.compile(
    r"\s{0,9}(?:on|am|op|le|el|il|em|den|dne|dana|a|w dniu|pe|ma|la data|στις|në)\s|\s{0,9}\d",
    re.IGNORECASE,
)
"""How the line begins that says whose the quote below is; mails wrap it, and what stands above is new."""
_WHO_OR_WHEN: Final = re.compile(
    r"@|\d.{0,80}\b(?:wrote|schrieb|schreef|geschreven|[ée]crit|escribi[óo]|scritto|escreveu|skrev|napsal)\b"
    r"|\d{1,2}[:.h]\d{2}|\d{1,4}[./-]\d{1,2}[./-]\d|\b(?:19|20)\d{2}\b|\d{1,2}\u65e5"
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
    new = "\n".join(lines[:end]).rstrip("\n")
    if end == len(lines) or not new.strip():
        return Answer(text)
    return Answer(new, "\n".join(lines[end:]).strip("\n") or None)


def _end_of_new(lines: list[str]) -> int:
    """The number of the line at which the history begins."""
    quoted = _start_of_trailing_quote(lines)
    return _start_of_signature(lines, min(_start_of_original(lines), quoted))


def _start_of_signature(lines: list[str], end: int) -> int:
    """Where the signature begins that stands last above `end`; else `end`.

    It is one block without an empty line, so that what another part of the mail says is none of it, and
    stands below words that are new.
    """
    last = end
    while last and not lines[last - 1].strip():
        last -= 1
    for number in range(last - 1, max(last - MAX_SIGNATURE_LINES - 2, -1), -1):
        line = lines[number]
        if line == SIGNATURE_MARK:
            return number if number < last - 1 and _has_new_words(lines[:number]) else end
        if not line.strip() or line.lstrip().startswith(">") or _FORWARDED.match(line.strip()):
            break
    return end


def _has_new_words(lines: list[str]) -> bool:
    """Whether anything stands there that is neither quoted nor says whose a quote is."""
    return any(
        line.strip() and not line.lstrip().startswith(">") and not _names_somebody([line])
        for line in lines
    )


def _start_of_trailing_quote(lines: list[str]) -> int:
    """Where the quoted lines at the very end begin, with the line above that says whose they are.

    They are no history where they belong to the sentence above.
    """
    start = len(lines)
    for number in range(len(lines) - 1, -1, -1):
        if lines[number].lstrip().startswith(">"):
            start = number
        elif lines[number].strip():
            break
    if start == len(lines):
        return start
    beginning = _start_of_attribution(lines, start)
    # Directly below a sentence stands what it is about: a log, a difference of two files.
    is_of_sentence = beginning == start > 0 and lines[start - 1].strip() != ""
    return len(lines) if is_of_sentence else beginning


def _start_of_attribution(lines: list[str], quote: int) -> int:
    """Where "On Monday, Anna wrote:" begins that stands above a quote; else the quote itself."""
    last = quote - 1
    while last >= 0 and not lines[last].strip():
        last -= 1
    for count in range(1, MAX_ATTRIBUTION_LINES + 1):
        first = last - count + 1
        if first < 0 or not lines[first].strip():
            break
        is_start = _ATTRIBUTION_START.match(lines[first]) and _WHO_OR_WHEN.search(lines[first])
        if is_start and _names_somebody(lines[first : last + 1]):
            return first
    return last if last >= 0 and _names_somebody(lines[last : last + 1]) else quote


def _names_somebody(lines: list[str]) -> bool:
    """Whether they end as "…, Anna wrote:" does, and have an address, a date or a time of day."""
    attribution = " ".join(lines).strip()
    return attribution.endswith((":", "\uff1a")) and _WHO_OR_WHEN.search(attribution) is not None


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
