"""Subject and text of the mails, with a little of what is answered. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from common.domain.mail_headers import one_line

MAX_QUOTED_LINES: Final = 12
MAX_QUOTED_CHARS: Final = 800

_PREFIXES: Final = re.compile(
    r"(?:\s{0,3}(?:re|aw|sv|antw|fwd?|wg|doorst)\s{0,3}:){1,9}", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What a contact wrote before: `name` is the contact's."""

    name: str
    at: datetime
    text: str


def subject_of(key: str, title: str, *, is_answer: bool) -> str:
    """`Re: [OPS-1021] Invoices are not sent`: the key leads a reply to the ticket where no id does."""
    plain = one_line(title)
    prefix = _PREFIXES.match(plain)
    rest = (plain[prefix.end() :] if prefix else plain).replace(f"[{key}]", "")
    return one_line(f"{'Re: ' if is_answer else ''}[{key}] {rest}")


def answer_text(text: str, quoted: Quotation | None, zone: str) -> str:
    """Our answer, and below it the beginning of what it answers."""
    answer = text.strip() + "\n"
    if quoted is None:
        return answer
    return f"{answer}\n{_attribution(quoted, zone)}\n{_quote(quoted.text)}"


def _attribution(quoted: Quotation, zone: str) -> str:
    at = quoted.at.astimezone(ZoneInfo(zone))
    return f"{one_line(quoted.name)}, {at:%Y-%m-%d %H:%M %Z}:"


def _quote(text: str) -> str:
    shown = text.strip()[:MAX_QUOTED_CHARS]
    lines = shown.splitlines()[:MAX_QUOTED_LINES]
    is_cut = len(text.strip()) > len("\n".join(lines))
    return "".join(f"> {line}".rstrip() + "\n" for line in (*lines, *(["[…]"] if is_cut else [])))
