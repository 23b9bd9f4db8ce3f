"""A document in no particular format: headings, figures, tables, drawings. Pure.

The modules beside it render any document as HTML, PDF, XLSX or CSV, and know nothing of reviews.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

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
    """A table. `empty_text` replaces it where it has no rows; `footnote` follows it, if not empty.

    `caption` stands above it. Without `has_head` the first column says what the others are.
    """

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Value, ...]]
    empty_text: str = "None."
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
    def zone_note(self) -> str:
        """The sentence that names the zone of the document's instants."""
        return _ZONE_NOTES[self.language].format(zone=self.zone)

    @property
    def missing_letters_note(self) -> str:
        """The sentence of a form that cannot show all letters."""
        return _MISSING_LETTERS_NOTES[self.language]


_MISSING_LETTERS_NOTES: Final = {
    "en": "An empty box stands for a letter that this file cannot print; the HTML form shows it.",
    "nl": "Een leeg vakje staat voor een letter die dit bestand niet kan afdrukken; de HTML-vorm toont haar.",
    "de": "Ein leeres Kästchen steht für ein Zeichen, das diese Datei nicht drucken kann; die HTML-Form zeigt es.",
}
_ZONE_NOTES: Final = {
    "en": "Times are those of {zone}.",
    "nl": "Tijden zijn die van {zone}.",
    "de": "Zeiten sind die von {zone}.",
}
