"""Promises in a list, what is due next first. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from console.promises import Mark, mark
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A promise in a list; `due_at` is None while it stands still."""

    id: str
    ticket: str
    title: str | None
    metric: str
    contract: str
    customer: str | None
    state: str
    outcome: str | None
    due_at: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class ClockList:
    """The page. `filters`: what was asked for, shown to whoever looks; `more`: where it goes on."""

    rows: tuple[ClockRow, ...]
    ticket: str | None
    filters: Mapping[str, str]
    more: str | None
    missing: Missing | None
    denied: Denied | None


def clock_list(
    part: Part, ticket: str | None, filters: Mapping[str, str], moment: datetime
) -> ClockList:
    data = data_of(part)
    following = data.get("next") if isinstance(data, dict) else None
    shown = {name: value for name, value in filters.items() if name != "cursor"}
    return ClockList(
        tuple(_row(item, moment) for item in items_of(part)),
        ticket,
        shown,
        f"/clocks?{urlencode(shown | {'cursor': following})}" if following else None,
        part if isinstance(part, Missing) else None,
        part if isinstance(part, Denied) else None,
    )


def only_one(part: Part, metric: str) -> str | None:
    """Return the id of the only promise of this metric to the customer; None where there is none, or more."""
    found = [
        item["id"]
        for item in items_of(part)
        if item["metric"] == metric and item["contract"] == "sla"
    ]
    return found[0] if len(found) == 1 else None


def clock_mark(clock: Mapping[str, Any], moment: datetime) -> Mark:
    """Return how a clock stands, as sla says and by the moment of the page."""
    if clock["breached"]:
        return "broken"
    if clock.get("outcome") is not None:
        return "fine"
    return "paused" if clock["state"] == "paused" else mark(clock.get("deadline"), moment)


def _row(item: Mapping[str, Any], moment: datetime) -> ClockRow:
    return ClockRow(
        item["id"],
        item["ticket"],
        item.get("title"),
        item["metric"],
        item["contract"],
        item.get("customer"),
        item["state"],
        item.get("outcome"),
        item.get("deadline"),
        clock_mark(item, moment),
    )
