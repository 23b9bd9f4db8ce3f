"""A post that no format understands becomes an alert as well: a person reads what it says. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from intake.alerts.domain.alert import SEVERITY_NAMES, Alert, AlertBatch
from intake.alerts.domain.json_values import digest, first_of, read_text, read_texts
from intake.tickets.domain.plain_text import strip_control_characters

MAX_RAW_CHARS: Final = 20_000
MAX_JOINED_CHARS: Final = 2_000
TITLE_NAMES: Final = ("title", "summary", "subject", "alertname", "message", "name", "description")
_HEX_WORD: Final = re.compile(r"[0-9a-f]+")
"""Numbers, instants and ids have a digit: what differs from one post to the next of the same alert."""


def unreadable_alert(source: str, raw: bytes, body: Any, reason: str) -> AlertBatch:
    """The alert for a raw post of `source`; `body` is its JSON, or None.

    Posts that differ in numbers and ids only are the same alert. All of a source share a ticket,
    which waits for triage: whose it is cannot be known.
    """
    text = strip_control_characters(raw.decode("utf-8", errors="replace"))
    fields = read_texts(body) if isinstance(body, Mapping) else {}
    title = first_of(fields, TITLE_NAMES)
    alert = Alert(
        status="firing",
        dedup_key=f"unreadable/{digest(_HEX_WORD.sub(_mask, text.lower()))}",
        group_key=f"unreadable/{source}",
        title=f"Unknown alert from {source}" + (f": {title}" if title else ""),
        severity=first_of(fields, SEVERITY_NAMES),
        description=text[:MAX_RAW_CHARS] or "(empty)",
        remarks=(f"This alert could not be read. {reason} Its post is shown as it came.",),
        details_on_joining=f"Another one that could not be read:\n{text[:MAX_JOINED_CHARS]}",
        needs_quiet=True,
    )
    return AlertBatch(read_text(source, 100) or "unknown", (alert,))


def _mask(word: re.Match[str]) -> str:
    return "#" if any(one.isdigit() for one in word[0]) else word[0]
