"""Dated cover extensions: extra hours around a go-live or milestone, which clocks follow. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sla.agreements.agreement import Agreement

PRIORITIES = ("blocker", "critical", "major", "minor", "trivial")


@dataclass(frozen=True, slots=True)
class Extension:
    """All of `[start, end)` is open for these priorities; none named means all of them."""

    id: UUID
    start: datetime
    end: datetime
    priorities: tuple[str, ...]
    reason: str
    made_by: str
    made_at: datetime


def reaches(extension: Extension, version: Agreement) -> bool:
    """Whether any of the extra time lies within the validity of a version."""
    begins_in_time = version.valid_until is None or extension.start < version.valid_until
    return begins_in_time and version.valid_from < extension.end


def touched(extension: Extension, version: Agreement) -> Mapping[str, UUID]:
    """The calendars that become longer, by priority; that of all others under the empty name."""
    if extension.priorities:
        return {
            priority: version.calendars.get(priority, version.calendar)
            for priority in extension.priorities
        }
    return {"": version.calendar, **version.calendars}


def extended(definition: Mapping[str, Any], extensions: Iterable[Extension]) -> dict[str, Any]:
    """A calendar's definition with the extra hours in it; those that it has already, once."""
    known = [list(pair) for pair in definition.get("extensions", ())]
    more = ([one.start.isoformat(), one.end.isoformat()] for one in extensions)
    return {**definition, "extensions": known + [pair for pair in more if pair not in known]}
