"""The availability of a month: the figure, the permitted downtime, and what was not up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from console.figures import length, month_beside, percent
from console.promises import Mark
from console.upstream.part import Part, data_of


@dataclass(frozen=True, slots=True)
class Interval:
    """Time that was not up; `counted` of it counts as down."""

    starts_at: str
    ends_at: str
    reason: str
    length: timedelta
    counted: timedelta
    outages: tuple[str, ...]
    maintenance: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AvailabilityPage:
    """The page of a month. `budget` is the permitted downtime, `left` what is left of it."""

    figures: Mapping[str, Any]
    mark: Mark
    percent: str | None
    promised: str | None
    down: timedelta
    budget: timedelta | None
    left: timedelta | None
    repair: timedelta | None
    between: timedelta | None
    intervals: tuple[Interval, ...]
    before: str
    after: str


def availability_page(part: Part) -> AvailabilityPage | None:
    """Return the page; None where nothing is known."""
    data = data_of(part)
    if data is None:
        return None
    down, budget = timedelta(seconds=data["down_seconds"]), length(data["budget_seconds"])
    return AvailabilityPage(
        data,
        "none" if data["met"] is None else "fine" if data["met"] else "broken",
        percent(data["availability"]),
        percent(data["promised"]),
        down,
        budget,
        None if budget is None else budget - down,
        length(data["mttr_seconds"]),
        length(data["mtbf_seconds"]),
        tuple(map(_interval, data["intervals"])),
        month_beside(data["month"], -1),
        month_beside(data["month"], 1),
    )


def _interval(item: Mapping[str, Any]) -> Interval:
    counts = item["reason"] == "down"
    return Interval(
        item["starts_at"],
        item["ends_at"],
        item["reason"],
        timedelta(seconds=item["duration_seconds"]),
        timedelta(seconds=item["agreed_seconds"] if counts else 0),
        tuple(item["outages"]),
        tuple(item["maintenance"]),
    )
