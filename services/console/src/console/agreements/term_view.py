"""The page on which terms are drafted: its rows, and what its fields are chosen from. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from console.agreements.view import PRIORITIES
from console.figures import WEEKDAYS
from console.forms.lists import Entry, List, read_list
from console.forms.rows import Row, rows_of
from console.upstream.part import Missing, Part, items_of

METRICS: Final = ("first_response", "next_reply", "update", "workaround", "resolution")
GOAL_METRICS: Final = (*METRICS, "availability")
KINDS: Final = ("incident", "service_request", "change_request", "problem", "question")
TIERS: Final = ("production", "staging", "test", "development")
CHANNELS: Final = ("portal", "email", "phone", "monitoring", "staff")
OFFERED: Final = frozenset({"published", "in_effect"})
"""Calendars in these states may be agreed on; another one only where it stands there already."""


@dataclass(frozen=True, slots=True)
class TermsPage:
    """The page. `calendars` are those that may be chosen, by their versions' ids; `services`: keys that are known."""

    targets: tuple[Row, ...]
    goals: tuple[Row, ...]
    calendars: tuple[Entry, ...]
    customers: List
    services: tuple[str, ...]
    missing: tuple[Missing, ...]
    priorities: tuple[str, ...] = PRIORITIES
    weekdays: tuple[str, ...] = WEEKDAYS
    metrics: tuple[str, ...] = METRICS
    goal_metrics: tuple[str, ...] = GOAL_METRICS
    kinds: tuple[str, ...] = KINDS
    tiers: tuple[str, ...] = TIERS
    channels: tuple[str, ...] = CHANNELS


def terms_page(values: Mapping[str, str], parts: Mapping[str, Part]) -> TermsPage:
    """Put together the form's rows with what the services list."""
    chosen = {values.get("calendar", "")} | {
        value for name, value in values.items() if name.startswith("calendars.")
    }
    return TermsPage(
        tuple(rows_of(values, "targets")),
        tuple(rows_of(values, "goals")),
        _calendars(parts["calendars"], chosen - {""}),
        read_list(parts["customers"]),
        tuple(one.value for one in read_list(parts["services"]).entries),
        tuple(one for one in parts.values() if isinstance(one, Missing)),
    )


def _calendars(part: Part, chosen: set[str]) -> tuple[Entry, ...]:
    """The versions that hold, newest first within a key; and those that are chosen already, whatever they are."""
    known = sorted(items_of(part), key=lambda one: (one["key"], -int(one["version"])))
    entries = [
        Entry(one["id"], f"{one['key']} {one['version']}")
        for one in known
        if one["state"] in OFFERED or one["id"] in chosen
    ]
    unknown = chosen - {one.value for one in entries}
    return (*entries, *(Entry(one, one) for one in sorted(unknown)))
