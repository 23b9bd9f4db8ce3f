"""Dated cover extensions: extra hours around a go-live or milestone, which clocks follow. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement

PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
Denied = Literal["OVER", "ENDED", "SELF_APPROVAL"]


@dataclass(frozen=True, slots=True)
class Shortened:
    """Cover counts no more from `since` on; at its very start: it never counts."""

    since: datetime
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """All of `[start, end)` is open for these priorities; none named means all of them.

    `shortened`: it ends before `ends_at`, as another person than `created_by` decided.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    priorities: tuple[str, ...]
    reason: str
    created_by: str
    created_at: datetime
    shortened: Shortened | None = None

    @property
    def until(self) -> datetime:
        """The end that holds."""
        return self.ends_at if self.shortened is None else self.shortened.since


def shorten(extension: Extension, word: Shortened) -> Extension | Denied:
    """Deadlines come later then, which could hide a breach: it takes another person (R1).

    `word.since` does not lie in the past: what was covered stays so.
    """
    if extension.shortened is not None:
        return "ENDED"
    if extension.ends_at <= word.since:
        return "OVER"
    if extension.created_by == word.by:
        return "SELF_APPROVAL"
    return replace(extension, shortened=replace(word, since=max(word.since, extension.starts_at)))


def reaches(extension: Extension, version: Agreement) -> bool:
    """Whether any of the extra time lies within the validity of a version."""
    begins_in_time = version.valid_until is None or extension.starts_at < version.valid_until
    return begins_in_time and version.valid_from < extension.until


def touched(extension: Extension, version: Agreement) -> Mapping[str, UUID]:
    """The calendars that become longer, by priority; that of all others under the empty name."""
    if extension.priorities:
        return {
            priority: version.calendars.get(priority, version.calendar)
            for priority in extension.priorities
        }
    return {"": version.calendar, **version.calendars}


def extended(definition: Mapping[str, Any], extensions: Iterable[Extension]) -> dict[str, Any]:
    """A calendar's definition with the extra hours in it, each with its own span: they overlap, so
    that one of them may be taken away."""
    known = [list(pair) for pair in definition.get("extensions", ())]
    return {**definition, "extensions": known + [_span(one) for one in extensions]}


def cut(
    definition: Mapping[str, Any], before: Extension, after: Extension
) -> dict[str, Any] | None:
    """The definition with an extension as it is now; None where its hours are not in there."""
    spans = [list(pair) for pair in definition.get("extensions", ())]
    if _span(before) not in spans:
        return None
    spans.remove(_span(before))
    left = [_span(after)] if after.starts_at < after.until else []
    return {**definition, "extensions": spans + left}


def _span(extension: Extension) -> list[str]:
    return [extension.starts_at.isoformat(), extension.until.isoformat()]
