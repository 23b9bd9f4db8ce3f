"""Removes secrets and personal data from logs, by the names of fields and by patterns."""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
SECRET_NAMES = re.compile(
    r"authorization|token|password|secret|cookie|api_?key|e_?mail|phone|on_?behalf_?of|idempotency",
    re.IGNORECASE,
)
HIDDEN_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(Bearer|Basic)\s{1,9}[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{1,2000}(?:\.[\w-]{0,4000}){1,2}"), HIDDEN),
    (re.compile(r"\b(\w{1,20}://[^\s:/@]{0,100}):[^\s@]{0,200}@"), rf"\1:{HIDDEN}@"),
    # PostgreSQL quotes the whole row there; a traceback may follow.
    (
        re.compile(r"\bDETAIL: .*?(?=\n\[SQL: |\n\nThe above exc|\n\nDuring handl|\Z)", re.DOTALL),
        f"DETAIL: {HIDDEN}",
    ),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}+@[\w-]{1,63}+(?:\.[\w-]{1,63}+)++"), HIDDEN),
)
MAX_DEPTH = 6
MAX_TEXT_CHARS = 20_000
"""Characters of a text that are logged at most; the bounds above keep the search short, too."""


def redact(value: Any, depth: int = 0) -> Any:
    """Return the value without secrets and e-mail addresses; below MAX_DEPTH levels it is hidden."""
    if isinstance(value, str):
        return _hide_patterns(value)
    if isinstance(value, bytes):
        return f"[{len(value)} bytes]"
    if depth == MAX_DEPTH:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if SECRET_NAMES.search(str(key)) else redact(entry, depth + 1)
            for key, entry in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [redact(entry, depth + 1) for entry in value]
    return value if isinstance(value, int | float | None) else _hide_patterns(str(value))


def _hide_patterns(text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        text = f"{text[:MAX_TEXT_CHARS]} ... ({len(text)} characters)"
    for pattern, replacement in HIDDEN_PATTERNS:
        text = pattern.sub(replacement, text)
    return text
