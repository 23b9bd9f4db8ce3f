"""A report as something to read, whatever it is printed on: headings, figures, tables, pictures. Pure.

HTML, PDF, XLSX and CSV each put any document into their form and know nothing of reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sla.rendering.charts.drawing import Drawing

Kind = Literal["text", "count", "share", "uptime", "duration", "instant", "date"]
"""How a column's values are meant: shares from 0 to 1, `lasting` in seconds."""
Value = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """`weight`: its part of the width."""

    title: str
    kind: Kind = "text"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """`nothing` is words where there are no rows; `beneath` under the table, where not empty."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    nothing: str = "None."
    beneath: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that is seen first. `against` compares it; `alarming` marks it."""

    title: str
    value: str
    against: str = ""
    alarming: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is what a file of it is called, in plain ASCII; `zone` that of its instants."""

    name: str
    title: str
    subtitle: str
    edition: str
    zone: str
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
