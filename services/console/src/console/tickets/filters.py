"""The filters of the queue as text, as a form and as the query of the API: three forms of one thing. Pure.

`customer:acme is:broken breaks:<2h invoices`: words with a colon restrict, the others are searched for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

FIELDS: Final = ("customer", "environment", "assignee", "team", "state", "priority", "kind")
CONDITIONS: Final[Mapping[str, tuple[str, str]]] = {
    "mine": ("mine", "true"),
    "unassigned": ("assigned", "false"),
    "broken": ("breached", "true"),
    "triage": ("needs_triage", "true"),
    "waiting": ("state", "on_hold"),
}
"""What `is:` may say, and the parameter of the API that says so."""
_BREAKS: Final = re.compile(r"<?(\d{1,4})\s*(m|min|h|d)")
_UNITS: Final = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. `unknown`: words with a colon that mean nothing, told to whoever wrote them."""

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    conditions: tuple[str, ...] = ()
    breaks_within: timedelta | None = None
    words: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def searches(self) -> bool:
        """Whether words are searched for: then closed tickets are found, too, and promises do not sort."""
        return bool(self.words)

    def text(self) -> str:
        """Write the filters as text."""
        parts = [f"{name}:{self.fields[name]}" for name in FIELDS if name in self.fields]
        parts += [f"is:{condition}" for condition in self.conditions]
        if self.breaks_within is not None:
            parts.append(f"breaks:<{_length(self.breaks_within)}")
        return " ".join(filter(None, [*parts, self.words]))

    def query(self, at: datetime) -> dict[str, str]:
        """Return the parameters of the API: of the search, or of the queue."""
        if self.searches:
            return {**self.fields, "q": self.words}
        query = dict(self.fields)
        for condition in self.conditions:
            name, value = CONDITIONS[condition]
            query[name] = value
        if self.breaks_within is not None:
            query["due_before"] = (at + self.breaks_within).isoformat()
        return query


def read(text: str) -> Filters:
    """Read filters from text."""
    fields: dict[str, str] = {}
    conditions: list[str] = []
    words: list[str] = []
    unknown: list[str] = []
    breaks = None
    for token in text.split():
        name, colon, value = token.partition(":")
        name = {"env": "environment"}.get(name.lower(), name.lower())
        if not colon or not value:
            words.append(token)
        elif name in FIELDS:
            fields[name] = value
        elif name == "is" and value in CONDITIONS:
            conditions.append(value)
        elif name == "breaks" and (length := _read_length(value)):
            breaks = length
        else:
            unknown.append(token)
    return Filters(
        fields, tuple(dict.fromkeys(conditions)), breaks, " ".join(words), tuple(unknown)
    )


def from_form(form: Mapping[str, str]) -> Filters:
    """Read filters from the form: its text, and the fields beside it, which win."""
    written = read(form.get("q", ""))
    chosen = {name: form[name].strip() for name in FIELDS if form.get(name, "").strip()}
    condition = form.get("is", "")
    conditions = written.conditions
    if condition in CONDITIONS and condition not in conditions:
        conditions = (*conditions, condition)
    breaks = _read_length(form.get("breaks", "")) or written.breaks_within
    return Filters({**written.fields, **chosen}, conditions, breaks, written.words, written.unknown)


def _read_length(text: str) -> timedelta | None:
    found = _BREAKS.fullmatch(text.strip().lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found and int(found[1]) else None


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}min"
