"""Instants that people type in their own zone: `datetime-local` fields say none. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from console.language.typed_times import is_a_year_of_ours

Wrong = Literal["unreadable", "skipped", "twice"]
FORMAT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class NoInstant:
    """Why what was typed is no instant: no time at all, one that clocks skip, or one that comes twice."""

    why: Wrong


def read_local(text: str, zone: ZoneInfo, hour: str = "") -> datetime | NoInstant:
    """Return the instant (UTC) that was typed in this zone as `2026-03-29T02:30`.

    `hour` chooses where it comes twice, as clocks are put back: `first` or `second`.
    """
    try:
        typed = datetime.strptime(text.strip()[:16], FORMAT)  # noqa: DTZ007 - the zone follows
    except ValueError:
        return NoInstant("unreadable")
    if not is_a_year_of_ours(typed):
        return NoInstant("unreadable")
    first, second = (_in_zone(typed, zone, fold) for fold in (0, 1))
    if first == second:
        return first
    if first.astimezone(zone).replace(tzinfo=None) != typed:
        return NoInstant("skipped")
    if hour not in {"first", "second"}:
        return NoInstant("twice")
    return first if hour == "first" else second


def _in_zone(typed: datetime, zone: ZoneInfo, fold: int) -> datetime:
    return typed.replace(tzinfo=zone, fold=fold).astimezone(UTC)
