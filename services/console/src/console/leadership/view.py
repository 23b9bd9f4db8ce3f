"""A month of all customers side by side. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.figures import month_beside, percent
from console.upstream.part import Part, data_of


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer's month; shares are written as per cent, `before` is that of the month before."""

    facts: Mapping[str, Any]
    compliance: str | None
    before: str | None
    availability: str | None
    used_of_reserved: str | None


@dataclass(frozen=True, slots=True)
class Month:
    month: str
    opened: int
    resolved: int
    compliance: str | None


@dataclass(frozen=True, slots=True)
class Supplier:
    facts: Mapping[str, Any]
    compliance: str | None
    before: str | None


@dataclass(frozen=True, slots=True)
class LeadershipPage:
    facts: Mapping[str, Any]
    customers: tuple[CustomerLine, ...]
    trend: tuple[Month, ...]
    suppliers: tuple[Supplier, ...]
    before: str
    after: str


def leadership_page(part: Part) -> LeadershipPage | None:
    """Return the page; None where nothing is known."""
    data = data_of(part)
    if data is None:
        return None
    return LeadershipPage(
        data,
        tuple(map(_line, data["customers"])),
        tuple(map(_month, data["trend"])),
        tuple(map(_supplier, data["suppliers"])),
        month_beside(data["month"], -1),
        month_beside(data["month"], 1),
    )


def _line(item: Mapping[str, Any]) -> CustomerLine:
    reserved = item["reserved_seconds"]
    return CustomerLine(
        item,
        percent(item["usage"]["compliance"]["adjusted"], 1),
        percent(item["previous_month"]["compliance"]["adjusted"], 1),
        percent(item["availability"]),
        percent(item["used_seconds"] / reserved, 0) if reserved else None,
    )


def _month(item: Mapping[str, Any]) -> Month:
    compliance = percent(item["compliance"]["adjusted"], 1)
    return Month(item["month"], item["opened"], item["resolved"], compliance)


def _supplier(item: Mapping[str, Any]) -> Supplier:
    return Supplier(
        item, percent(item["compliance"]["adjusted"], 1), percent(item["previous"]["adjusted"], 1)
    )
