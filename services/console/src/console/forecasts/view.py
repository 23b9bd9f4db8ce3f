"""Forecasts: promises that are at risk, and the score of former forecasts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from console.paged_list import PagedList, paged_list
from console.promises import Mark, mark
from console.upstream.part import Part, data_of, items_of

OUTLOOKS: Final = ("all", "at_risk", "likely_to_breach")
MARKS: Final[Mapping[str, Mark]] = {"safe": "fine", "at_risk": "soon", "likely_to_breach": "broken"}


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """A promise that is at risk. `percent`: how likely it breaks if nothing changes."""

    id: str
    clock: str
    ticket: str
    title: str
    metric: str
    customer: str | None
    outlook: str
    mark: Mark
    percent: int
    due_at: str | None


@dataclass(frozen=True, slots=True)
class ForecastList:
    """The page. `score` is None where it is not known, or nobody has one yet."""

    rows: tuple[ForecastRow, ...]
    listed: PagedList
    outlook: str
    views: tuple[tuple[str, str], ...]
    score: Mapping[str, Any] | None
    score_part: Part


@dataclass(frozen=True, slots=True)
class ForecastPage:
    mark: Mark
    due: Mark
    percent: int
    used: timedelta
    target: timedelta
    is_acknowledged: bool


def forecast_list(parts: Mapping[str, Part], query: Mapping[str, str]) -> ForecastList:
    """Put together the promises at risk and the score of former forecasts."""
    chosen = query.get("outlook", "all")
    score = data_of(parts["score"])
    return ForecastList(
        tuple(map(_row, items_of(parts["list"]))),
        paged_list(parts["list"], "/forecasts", {k: v for k, v in query.items() if k != "cursor"}),
        chosen,
        tuple(
            (name, "/forecasts" if name == "all" else f"/forecasts?outlook={name}")
            for name in OUTLOOKS
        ),
        score if score and score["forecasts"] else None,
        parts["score"],
    )


def forecast_page(forecast: Mapping[str, Any], sub: str, moment: datetime) -> ForecastPage:
    return ForecastPage(
        MARKS.get(forecast["outlook"], "none"),
        mark(forecast["expected_breach_at"], moment),
        percent(forecast["probability"]),
        timedelta(seconds=forecast["elapsed_seconds"]),
        timedelta(seconds=forecast["target_seconds"]),
        any(one["sub"] == sub for one in forecast["acknowledgements"]),
    )


def percent(share: float) -> int:
    """Return a share as whole per cent; never 0 or 100 for what is not certain."""
    rounded = round(share * 100)
    return min(99, max(1, rounded)) if 0 < share < 1 else rounded


def _row(item: Mapping[str, Any]) -> ForecastRow:
    return ForecastRow(
        item["id"],
        item["clock_id"],
        item["ticket"],
        item["title"],
        item["metric"],
        item["customer"],
        item["outlook"],
        MARKS.get(item["outlook"], "none"),
        percent(item["probability"]),
        item["expected_breach_at"],
    )
