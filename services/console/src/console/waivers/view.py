"""Waivers: what would break, why it is asked for, and what a decision changes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.allowed import Acts, acts_of
from console.promises import Mark, mark
from console.upstream.part import Denied, Missing, Part, data_of, items_of


@dataclass(frozen=True, slots=True)
class WaiverRow:
    key: str
    state: str
    ticket: str | None
    metric: str | None
    customer: str | None
    requested_by: str
    requested_at: str
    decide_by: str | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class WaiverList:
    rows: tuple[WaiverRow, ...]
    state: str
    has_more: bool
    missing: Missing | None
    denied: Denied | None


@dataclass(frozen=True, slots=True)
class WaiverPage:
    """A waiver with the ticket that it is about, where that is known. `is_own`: the reader asked for it; `acts`: what
    the reader may do with it.
    """

    waiver: Mapping[str, Any]
    mark: Mark
    ticket: Mapping[str, Any] | None
    ticket_missing: Missing | None
    is_own: bool
    acts: Acts

    @property
    def is_open(self) -> bool:
        return bool(self.waiver["state"] == "requested")

    @property
    def may_decide(self) -> bool:
        return self.acts.may("approve").possible or self.acts.may("refuse").possible


def waiver_list(part: Part, state: str, moment: datetime) -> WaiverList:
    data = data_of(part)
    return WaiverList(
        tuple(_row(item, moment) for item in items_of(part)),
        state,
        isinstance(data, dict) and data.get("next") is not None,
        part if isinstance(part, Missing) else None,
        part if isinstance(part, Denied) else None,
    )


def waiver_page(
    waiver: Mapping[str, Any], ticket: Part | None, sub: str, moment: datetime
) -> WaiverPage:
    return WaiverPage(
        waiver,
        _mark(waiver, moment),
        data_of(ticket) if ticket else None,
        ticket if isinstance(ticket, Missing) else None,
        waiver["requested_by"] == sub,
        acts_of(waiver),
    )


def _row(item: Mapping[str, Any], moment: datetime) -> WaiverRow:
    return WaiverRow(
        item["key"],
        item["state"],
        item.get("ticket"),
        item.get("metric"),
        item.get("customer"),
        item["requested_by"],
        item["requested_at"],
        item.get("decide_by"),
        _mark(item, moment),
    )


def _mark(waiver: Mapping[str, Any], moment: datetime) -> Mark:
    return mark(waiver.get("decide_by"), moment) if waiver["state"] == "requested" else "none"
