"""Outages: a list, and one with its records and corrections. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from console.paged_list import PagedList, paged_list
from console.promises import Mark
from console.upstream.part import Part

STATES: Final = ("everything", "open", "ended")


@dataclass(frozen=True, slots=True)
class OutageList:
    listed: PagedList
    state: str
    views: tuple[tuple[str, str], ...]
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction. `is_own`: the reader asked for it, so that somebody else decides."""

    facts: Mapping[str, Any]
    is_own: bool

    @property
    def is_open(self) -> bool:
        return bool(self.facts["state"] == "requested")


@dataclass(frozen=True, slots=True)
class OutagePage:
    """The page. `may_end`: reported by hand and not over, so that a person ends it."""

    mark: Mark
    length: timedelta | None
    history: tuple[Mapping[str, Any], ...]
    corrections: tuple[Correction, ...]
    may_end: bool


def outage_list(part: Part, query: Mapping[str, str]) -> OutageList:
    filters = {name: value for name, value in query.items() if name not in {"cursor", "state"}}
    page_query = {name: value for name, value in query.items() if name != "cursor"}
    chosen = query.get("state", "everything")
    return OutageList(
        paged_list(part, "/outages", page_query),
        chosen,
        tuple(
            (one, "/outages" if one == "everything" else f"/outages?state={one}") for one in STATES
        ),
        filters,
    )


def outage_page(outage: Mapping[str, Any], sub: str) -> OutagePage:
    seconds, is_over = outage["duration_seconds"], outage["ended_at"] is not None
    return OutagePage(
        "none" if not outage["counts"] else "fine" if is_over else "broken",
        None if seconds is None else timedelta(seconds=seconds),
        tuple(outage["history"]),
        tuple(
            Correction(one, one["requested_by"] == sub) for one in outage.get("corrections") or ()
        ),
        outage["source"] == "manual" and not is_over,
    )
