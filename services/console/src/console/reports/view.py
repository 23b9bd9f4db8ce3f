"""A report as a table: a row for each group and step, and the sum. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from console.figures import length, percent
from console.reports.columns import REPORTS, CellKind, Column, Report
from console.upstream.part import Part, data_of

Amount = tuple[str, str]
Value = str | int | timedelta | tuple[Amount, ...] | None


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure: a number of per cent, a count, a length, or amounts with their currencies; None where it is not known.

    `name` and `kind` are those of its column.
    """

    name: str
    value: Value
    kind: CellKind


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`group` is None where the report is not grouped, "" for what belongs to none."""

    group: str | None
    starts_on: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The page. `rows` is None where nothing is known; `has_steps`: a row says from which day it is."""

    name: str
    report: Report
    views: tuple[tuple[str, str], ...]
    rows: tuple[ReportRow, ...] | None
    total: tuple[Cell, ...]
    has_steps: bool
    facts: Mapping[str, Any]


def report_page(name: str, part: Part, asked: Mapping[str, str]) -> ReportPage:
    report, data = REPORTS[name], data_of(part)
    page_query = {
        key: value for key, value in asked.items() if key in {"from", "to", "customer", "service"}
    }
    return ReportPage(
        name,
        report,
        tuple((one, f"/reports?{urlencode({'report': one, **page_query})}") for one in REPORTS),
        None if data is None else tuple(_row(report, one) for one in data["rows"]),
        () if data is None else _cells(report, data["total"]),
        "step" in asked,
        data or {},
    )


def _row(report: Report, row: Mapping[str, Any]) -> ReportRow:
    return ReportRow(row["group"], row["starts_on"], _cells(report, row))


def _cells(report: Report, figures: Mapping[str, Any]) -> tuple[Cell, ...]:
    return tuple(Cell(one.name, _value(one, figures[one.name]), one.kind) for one in report.columns)


def _value(column: Column, value: Any) -> Value:
    if value is None:
        return None
    match column.kind:
        case "share":
            return percent(value, 2)
        case "length":
            return length(value)
        case "minutes":
            return timedelta(minutes=value)
        case "amounts":
            return tuple((one["amount"], one["currency"]) for one in value)
        case _:
            return int(value)
