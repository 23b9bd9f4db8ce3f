"""The words of a mail: of all its text parts, in their order, without saying anything twice (I3)."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from intake.mail.domain.history import SIGNATURE_MARK, Answer, split_answer
from intake.mail.domain.mail import Mail
from intake.mail.domain.parts import Choice, TextPart
from intake.mail.html_reader import ReadHtml, read_html

MAX_TEXT_CHARS: Final = 200_000
MAX_HTML_CHARS: Final = 2_000_000
"""What is longer is cut where it is shown, and attached whole."""
SHORTER_FACTOR: Final = 2
"""A plain part with less than half of the HTML's words only says that there is HTML."""

_BLANK_RUN: Final = re.compile(r"\n{3,}")
_ENRICHED: Final = re.compile(r"<param>[^<]{0,1000}</param>|<<|</?[A-Za-z-]{1,60}>", re.IGNORECASE)
_SINGLE_LINE_END: Final = re.compile(r"(?<!\n)\n(?!\n)")
_FORWARDED_SUBJECT: Final = re.compile(r"(?:fwd?|wg|doorst|tr|rv|i)\s{0,2}:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The whole text of a mail, and all its HTML without scripts, styles, forms, frames and images; None without any.

    `is_cut`: more was written.
    """

    text: str
    html: str | None = None
    is_cut: bool = False


def read_words(mail: Mail) -> Words:
    """Everything that is written in the mail."""
    read = [_read(part) for part in mail.texts]
    chosen = _chosen_branches(mail.texts, read)
    shown = [
        words.text
        for part, words in zip(mail.texts, read, strict=True)
        if part.choice is None or part.choice in chosen
    ]
    text = "\n\n".join(words for words in shown if words.strip())
    html = [words.safe for words in read if words.safe is not None]
    tidied = tidy(text)
    return Words(tidied, "\n".join(html) or None, len(text) > MAX_TEXT_CHARS or _is_long(mail))


def split_text(mail: Mail, text: str) -> Answer:
    """Of an answer the new text and the history below; of a first or forwarded mail everything is new."""
    if not mail.is_reply:
        return Answer(text)
    return split_answer(text, is_forwarded=_FORWARDED_SUBJECT.match(mail.subject) is not None)


def tidy(text: str) -> str:
    """The text without trailing blanks and repeated empty lines, at most 200,000 characters.

    The blank of a signature's mark stays, since it tells it from a rule.
    """
    lines = (
        line if line == SIGNATURE_MARK else line.rstrip()
        for line in text[:MAX_TEXT_CHARS].splitlines()
    )
    return _BLANK_RUN.sub("\n\n", "\n".join(lines)).strip()


def _read(part: TextPart) -> ReadHtml:
    if part.kind == "html":
        return read_html(part.text[:MAX_HTML_CHARS])
    return ReadHtml(_from_enriched(part.text) if part.kind == "enriched" else part.text, None)


def _from_enriched(text: str) -> str:
    """Text without the commands of text/enriched (RFC 1896), in which a single line end is a blank."""
    plain = _ENRICHED.sub(lambda found: "<" if found[0] == "<<" else "", text)
    return _SINGLE_LINE_END.sub(" ", plain)


def _is_long(mail: Mail) -> bool:
    return any(len(part.text) > MAX_HTML_CHARS for part in mail.texts)


def _chosen_branches(parts: Sequence[TextPart], read: Sequence[ReadHtml]) -> set[Choice]:
    """Of each group of alternatives the one to show as text: the plain one, unless it says much less than another."""
    weights: dict[int, dict[Choice, tuple[bool, int]]] = defaultdict(dict)
    for part, words in zip(parts, read, strict=True):
        if part.choice is not None:
            branch = weights[part.choice[0]]
            is_plain, weight = branch.get(part.choice, (False, 0))
            weight += sum(map(len, words.text.split()))
            branch[part.choice] = (is_plain or part.kind != "html", weight)
    return {_choose(branches) for branches in weights.values()}


def _choose(branches: Mapping[Choice, tuple[bool, int]]) -> Choice:
    def weight_of(choice: Choice) -> int:
        return branches[choice][1]

    fullest = max(branches, key=weight_of)
    plain = max((one for one in branches if branches[one][0]), key=weight_of, default=fullest)
    is_much_shorter = weight_of(plain) * SHORTER_FACTOR < weight_of(fullest)
    return fullest if is_much_shorter else plain
