"""Dated cover extensions: extra hours around a go-live or milestone, which clocks follow. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sla.agreements.domain.agreement import Agreement

PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
RejectionCode = Literal["ALREADY_OVER", "ALREADY_ENDED", "SELF_APPROVAL"]


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """Cover counts no more from `since` on; at its very start: it never counts."""

    ends_at: datetime
    reason: str
    ended_by: str
    ended_at: datetime


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
    early_end: EarlyEnd | None = None

    @property
    def effective_end(self) -> datetime:
        """The end that holds."""
        return self.ends_at if self.early_end is None else self.early_end.ends_at


def end_early(extension: Extension, early_end: EarlyEnd) -> Extension | RejectionCode:
    """Deadlines come later then, which could hide a breach: it takes another person (R1).

    `word.since` does not lie in the past: what was covered stays so.
    """
    if extension.early_end is not None:
        return "ALREADY_ENDED"
    if extension.ends_at <= early_end.ends_at:
        return "ALREADY_OVER"
    if extension.created_by == early_end.ended_by:
        return "SELF_APPROVAL"
    return replace(
        extension, early_end=replace(early_end, ends_at=max(early_end.ends_at, extension.starts_at))
    )


def overlaps_version(extension: Extension, version: Agreement) -> bool:
    """Whether any of the extra time lies within the validity of a version."""
    begins_in_time = version.valid_until is None or extension.starts_at < version.valid_until
    return begins_in_time and version.valid_from < extension.effective_end


def touched_calendars(extension: Extension, version: Agreement) -> Mapping[str, UUID]:
    """The calendars that become longer, by priority; that of all others under the empty name."""
    if extension.priorities:
        return {
            priority: version.calendars.get(priority, version.calendar)
            for priority in extension.priorities
        }
    return {"": version.calendar, **version.calendars}


def with_extensions(
    definition: Mapping[str, Any], extensions: Iterable[Extension]
) -> dict[str, Any]:
    """A calendar's definition with the extra hours in it, each with its own span: they overlap, so
    that one of them may be taken away."""
    existing = [list(pair) for pair in definition.get("extensions", ())]
    return {**definition, "extensions": existing + [_span(one) for one in extensions]}


def with_extension_replaced(
    definition: Mapping[str, Any], before: Extension, after: Extension
) -> dict[str, Any] | None:
    """The definition with an extension as it is now; None where its hours are not in there."""
    spans = [list(pair) for pair in definition.get("extensions", ())]
    if _span(before) not in spans:
        return None
    spans.remove(_span(before))
    remaining = [_span(after)] if after.starts_at < after.effective_end else []
    return {**definition, "extensions": spans + remaining}


def _span(extension: Extension) -> list[str]:
    return [extension.starts_at.isoformat(), extension.effective_end.isoformat()]
