"""What a check of a message can find, how severe it is, and what to do about it (R11). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["hard", "soft"]
FindingCode = Literal[
    "unfilled_placeholder",
    "internal_note",
    "other_customer",
    "unfinished",
    "missing_greeting",
    "missing_closing",
    "wrong_language",
    "long_sentence",
    "hard_to_read",
    "blunt_word",
]
MAX_QUOTE_CHARS: Final = 120


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A row of the table: a hard finding stops the message, a soft one is shown.

    `advice` says what to do; `{quote}` is what was found, `{more}` what else there is to know.
    """

    severity: Severity
    advice: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding in a text. `quote` is the place in it, empty where something is missing."""

    code: FindingCode
    severity: Severity
    quote: str
    detail: str

    @property
    def is_hard(self) -> bool:
        """Whether the text cannot be sent as it is."""
        return self.severity == "hard"


FINDINGS: Final[Mapping[FindingCode, FindingKind]] = {
    "unfilled_placeholder": FindingKind(
        "hard",
        "“{quote}” is not filled: write the value, or put it between backticks if it is code.",
    ),
    "internal_note": FindingKind(
        "hard",
        "“{quote}” is in a note among staff on this ticket: say it in words for the customer.",
    ),
    "other_customer": FindingKind(
        "hard",
        "“{quote}” belongs to another customer: leave it out, or check whether this is the right ticket.",
    ),
    "unfinished": FindingKind("soft", "“{quote}” looks unfinished: write what belongs there."),
    "missing_greeting": FindingKind("soft", "No greeting: begin with one, such as “{more}”."),
    "missing_closing": FindingKind("soft", "No closing: end with one, such as “{more}”."),
    "wrong_language": FindingKind(
        "soft", "This is written in {more}: translate it, or use a template."
    ),
    "long_sentence": FindingKind(
        "soft", "“{quote}” is a sentence of {more} words: make two or three of it."
    ),
    "hard_to_read": FindingKind(
        "soft", "Hard to read ({more}): use shorter sentences and shorter words."
    ),
    "blunt_word": FindingKind("soft", "“{quote}” may hurt: {more}."),
}
"""Every finding. The order is the one in which findings are shown: what stops the message first."""


def finding(code: FindingCode, quote: str = "", more: str = "") -> Finding:
    """Return the finding of this code, with its sentence."""
    kind = FINDINGS[code]
    short = shorten(quote)
    detail = kind.advice.replace("{more}", more).replace("{quote}", short)
    return Finding(code, kind.severity, short, detail)


def shorten(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_QUOTE_CHARS else line[: MAX_QUOTE_CHARS - 1] + "…"
