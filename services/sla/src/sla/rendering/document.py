"""A document in no particular format: headings, figures, tables, drawings. Pure.

The modules beside it render any document as HTML, PDF, XLSX or CSV, and know nothing of reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sla.rendering.charts.drawing import Drawing

Kind = Literal["text", "count", "share", "uptime", "duration", "elapsed", "instant", "date"]
"""The kind of a column's values: `share` and `uptime` from 0 to 1, `duration` (support time) and
`elapsed` (time by the clock on the wall, in days) in seconds."""
Value = str | int | float | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `weight` is its width in proportion to the other columns."""

    title: str
    kind: Kind = "text"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `empty_text` replaces it where it has no rows; `footnote` follows it, if not empty."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    empty_text: str = "None."
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure at the head of a document. `comparison` is a line beneath it."""

    title: str
    value: str
    comparison: str = ""
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document. `name` is that of its files, in ASCII; `zone` is that of its instants."""

    name: str
    title: str
    subtitle: str
    edition: str
    zone: str
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
