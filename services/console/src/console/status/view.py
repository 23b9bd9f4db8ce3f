"""How the promises stand, by customer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from console.promises import Mark
from console.upstream.part import Missing, Part, data_of

MARKS: Mapping[str, Mark] = {"red": "broken", "amber": "soon", "green": "fine"}


@dataclass(frozen=True, slots=True)
class Line:
    """Promises to a customer about a service; the sums of a customer have no service."""

    service: str | None
    mark: Mark
    rag: str
    open: int
    tickets: int
    at_risk: int
    broken: int
    excused: int
    next_at: str | None
    availability: str | None
    promised: str | None
    keeps: bool | None


@dataclass(frozen=True, slots=True)
class Customer:
    key: str
    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The page; `figures` is None where nothing is known."""

    figures: Mapping[str, Any] | None
    customers: tuple[Customer, ...]
    missing: Missing | None


def status_page(part: Part) -> Status:
    data = data_of(part)
    lines = sorted(data["lines"], key=_by_urgency) if data else []
    keys = list(dict.fromkeys(line["customer"] for line in lines))
    lines.sort(key=lambda line: keys.index(line["customer"]))
    groups = groupby(lines, key=lambda line: line["customer"])
    return Status(
        data,
        tuple(_customer(key, list(own)) for key, own in groups),
        part if isinstance(part, Missing) else None,
    )


def _by_urgency(line: Mapping[str, Any]) -> tuple[int, str, str]:
    order = {"red": 0, "amber": 1, "green": 2}
    return order.get(line["rag_status"], 3), line["name"], line["service"] or ""


def _customer(key: str, lines: list[Mapping[str, Any]]) -> Customer:
    return Customer(key, lines[0]["name"], tuple(map(_line, lines)))


def _line(line: Mapping[str, Any]) -> Line:
    return Line(
        line["service"],
        MARKS.get(line["rag_status"], "none"),
        line["rag_status"],
        line["open"],
        line["tickets"],
        line["at_risk"],
        line["breached"],
        line["excused"],
        line["next_at"],
        _percent(line["availability"]),
        _percent(line["promised"]),
        line["met"],
    )


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share * 100:.3f}".rstrip("0").rstrip(".")
