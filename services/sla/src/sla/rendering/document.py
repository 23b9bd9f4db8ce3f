"""A document in no particular format: headings, figures, tables, drawings. Pure.

The modules beside it render any document as HTML, PDF, XLSX or CSV, and know nothing of reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sla.rendering.charts.drawing import Drawing
from sla.rendering.notation import Formats
from sla.rendering.words import ALL

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
    """A table. `empty_text` replaces it where it has no rows; `footnote` follows it, if not empty.

    `caption` stands above it. Without `has_head` the first column says what the others are.
    """

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    empty_text: str = ""
    footnote: str = ""
    caption: str = ""
    has_head: bool = True


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure at the head of a document. `comparison` is a line beneath it."""

    title: str
    value: str
    comparison: str = ""
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document. `text` are notes, `paragraphs` what is to be read like its tables."""

    title: str
    text: tuple[str, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document. `name` is that of its files, in ASCII; `zone` is that of its instants.

    `language` (two letters) is that of all its words.
    """

    name: str
    title: str
    subtitle: str
    edition: str
    zone: str
    tiles: tuple[Tile, ...]
    sections: tuple[Section, ...]
    language: str = "en"

    @property
    def formats(self) -> Formats:
        """How its values are written."""
        return Formats(ALL.words(self.language), ZoneInfo(self.zone))

    @property
    def zone_note(self) -> str:
        """The sentence that names the zone of the document's instants."""
        return self.formats.words("zone_note", zone=self.zone)

    @property
    def missing_letters_note(self) -> str:
        """The sentence of a form that cannot show all letters."""
        return self.formats.words("missing_letters")
