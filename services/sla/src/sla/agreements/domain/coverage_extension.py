"""Coverage extensions: dated extra hours around a go-live or milestone, which clocks follow. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from common.domain import Rejection
from sla.agreements.domain.agreement import Agreement

PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")
OVER: Final = Rejection("ALREADY_OVER", "This cover is over: what has passed stays covered.")
ENDED: Final = Rejection("ALREADY_ENDED", "This cover was ended early already.")
SELF_APPROVAL: Final = Rejection(
    "SELF_APPROVAL", "Somebody else than the person who extended the cover ends it."
)


@dataclass(frozen=True, slots=True)
class EarlyEnd:
    """The end of an extension before its time: from `ends_at` on it does not count any more.

    At the extension's start it means that the extension is withdrawn.
    """

    ends_at: datetime
    reason: str
    ended_by: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Extension:
    """All of `[starts_at, ends_at)` is open for these priorities; empty means all of them.

    `early_end`, if any, was decided by another person than `created_by`.
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
        """The early end where there is one, else `ends_at`."""
        return self.ends_at if self.early_end is None else self.early_end.ends_at


def end_early(extension: Extension, early_end: EarlyEnd) -> Extension | Rejection:
    """End an extension early; one that has not begun is withdrawn.

    Deadlines come later then, which could hide a breach, so it takes another person (R1). The
    caller sees to it that `early_end.ends_at` is not in the past: what was covered stays covered.
    """
    if extension.early_end is not None:
        return ENDED
    if extension.ends_at <= early_end.ends_at:
        return OVER
    if extension.created_by == early_end.ended_by:
        return SELF_APPROVAL
    ends_at = max(early_end.ends_at, extension.starts_at)
    return replace(extension, early_end=replace(early_end, ends_at=ends_at))


def overlaps_version(extension: Extension, version: Agreement) -> bool:
    """Whether some of the extra time lies within the validity of the version."""
    begins_in_time = version.valid_until is None or extension.starts_at < version.valid_until
    return begins_in_time and version.valid_from < extension.effective_end


def touched_calendars(extension: Extension, version: Agreement) -> Mapping[str, UUID]:
    """The ids of the calendars to extend, by priority; "" stands for all priorities not named."""
    if extension.priorities:
        return {
            priority: version.calendars.get(priority, version.calendar)
            for priority in extension.priorities
        }
    return {"": version.calendar, **version.calendars}


def with_extensions(
    definition: Mapping[str, Any], extensions: Iterable[Extension]
) -> dict[str, Any]:
    """The calendar definition with these extensions added.

    Each keeps a span of its own, even where they overlap, so that one can be removed later.
    """
    existing = [list(pair) for pair in definition.get("extensions", ())]
    return {**definition, "extensions": existing + [_span(one) for one in extensions]}


def with_extension_replaced(
    definition: Mapping[str, Any], before: Extension, after: Extension
) -> dict[str, Any] | None:
    """The definition with one extension replaced; None where it does not contain it."""
    spans = [list(pair) for pair in definition.get("extensions", ())]
    if _span(before) not in spans:
        return None
    spans.remove(_span(before))
    remaining = [_span(after)] if after.starts_at < after.effective_end else []
    return {**definition, "extensions": spans + remaining}


def _span(extension: Extension) -> list[str]:
    return [extension.starts_at.isoformat(), extension.effective_end.isoformat()]
