"""The filters of the queue as text, as a form and as the query of the API: three forms of one thing. Pure.

`customer:acme is:broken breaks:<2h invoices`: words with a colon restrict, the others are searched for.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    "watched": ("watched", "true"),
    "open": ("open", "true"),
}
"""What `is:` may say, and the parameter of the API that says so."""
OF_QUEUE: Final = frozenset({"unassigned", "broken"})
"""Conditions that the queue alone knows: the list of all tickets cannot be asked for them."""
OF_ALL: Final = tuple(one for one in CONDITIONS if one not in OF_QUEUE)
"""Conditions that the list of all tickets knows: those of contacts, who have no queue."""
OF_FORM: Final = (*FIELDS, "tag", "is", "breaks")
"""The names of the fields of the form beside the text."""
_BREAKS: Final = re.compile(r"<?(\d{1,4})\s*(m|min|h|d)")
_UNITS: Final = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
Query = dict[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for. `tags`: all of these. `unknown`: words with a colon that mean nothing, told to whoever wrote them."""

    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    conditions: tuple[str, ...] = ()
    breaks_within: timedelta | None = None
    words: str = ""
    unknown: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def of_all(self) -> bool:
        """Whether the list of all tickets is asked, the newest first: closed ones are found, too.

        The queue of open tickets, in which promises sort, knows neither words nor tags nor who watches.
        """
        return bool(self.words or self.tags or "watched" in self.conditions)

    def without_effect(self, *, has_queue: bool = True) -> tuple[str, ...]:
        """Return what is written and restricts nothing, as the list of all tickets does not know it: the one that is
        asked for who has no queue."""
        if has_queue and not self.of_all:
            return ()
        found = [f"is:{one}" for one in self.conditions if one in OF_QUEUE]
        return (*found, *self._breaks_text())

    def terms(self) -> tuple[str, ...]:
        """Return what is asked for, one term for each restriction, as it is written."""
        parts = [f"{name}:{self.fields[name]}" for name in FIELDS if name in self.fields]
        parts += [f"tag:{tag}" for tag in self.tags]
        parts += [f"is:{condition}" for condition in self.conditions]
        return (*parts, *self._breaks_text(), *([self.words] if self.words else ()))

    def text(self) -> str:
        """Write the filters as text."""
        return " ".join(self.terms())

    def without(self, term: str) -> "Filters":
        """Return the filters without one of their terms."""
        name, _, value = term.partition(":")
        if term == self.words:
            return replace(self, words="")
        if name == "tag":
            return replace(self, tags=tuple(one for one in self.tags if one != value))
        if name == "is":
            return replace(self, conditions=tuple(one for one in self.conditions if one != value))
        if name == "breaks":
            return replace(self, breaks_within=None)
        return replace(self, fields={key: one for key, one in self.fields.items() if key != name})

    def parameters(self, *, of_all: bool) -> dict[str, str]:
        """Return the parameters of the conditions that this list knows; every ticket of the queue is open."""
        foreign = OF_QUEUE if of_all else {"open"}
        return dict(CONDITIONS[one] for one in self.conditions if one not in foreign)

    def query(self, at: datetime, *, has_queue: bool = True) -> Query:
        """Return the parameters of the API: of the queue, or of the list of all tickets for who has none."""
        of_all = self.of_all or not has_queue
        query: Query = {**self.fields, **self.parameters(of_all=of_all)}
        if of_all:
            query |= {"q": self.words} if self.words else {}
            return query | ({"tag": list(self.tags)} if self.tags else {})
        if self.breaks_within is not None:
            query["due_before"] = (at + self.breaks_within).isoformat()
        return query

    def _breaks_text(self) -> tuple[str, ...]:
        return () if self.breaks_within is None else (f"breaks:<{_length(self.breaks_within)}",)


def read(text: str) -> Filters:
    """Read filters from text."""
    fields: dict[str, str] = {}
    conditions: list[str] = []
    words: list[str] = []
    unknown: list[str] = []
    tags: list[str] = []
    breaks = None
    for token in text.split():
        name, colon, value = token.partition(":")
        name = {"env": "environment"}.get(name.lower(), name.lower())
        if not colon or not value:
            words.append(token)
        elif name in FIELDS:
            fields[name] = value
        elif name == "tag":
            tags.append(value)
        elif name == "is" and value in CONDITIONS:
            conditions.append(value)
        elif name == "breaks" and (length := _read_length(value)):
            breaks = length
        else:
            unknown.append(token)
    return Filters(
        fields,
        tuple(dict.fromkeys(conditions)),
        breaks,
        " ".join(words),
        tuple(unknown),
        tuple(dict.fromkeys(tags)),
    )


def from_form(form: Mapping[str, str]) -> Filters:
    """Read filters from the form: its text, and the fields beside it, which win; tags are added to those of the text."""
    written = read(form.get("q", ""))
    chosen = {name: form[name].strip() for name in FIELDS if form.get(name, "").strip()}
    condition = form.get("is", "")
    conditions = written.conditions
    if condition in CONDITIONS and condition not in conditions:
        conditions = (*conditions, condition)
    typed = form.get("tag", "").replace(",", " ").split()
    return replace(
        written,
        fields={**written.fields, **chosen},
        conditions=conditions,
        breaks_within=_read_length(form.get("breaks", "")) or written.breaks_within,
        tags=tuple(dict.fromkeys((*written.tags, *typed))),
    )


def _read_length(text: str) -> timedelta | None:
    found = _BREAKS.fullmatch(text.strip().lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found and int(found[1]) else None


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}min"
