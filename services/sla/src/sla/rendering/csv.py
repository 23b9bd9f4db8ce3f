"""Renders the words and tables of a document as one CSV file, each with its title and separated by blank lines.

Shares are numbers from 0 to 1, durations seconds, instants RFC 3339 in UTC. The file is UTF-8 with a
byte order mark, by which Excel recognises it. `escape_formula` escapes formulas; the writer does it
once more for the first character of a field.
"""

import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from defusedcsv import csv as defused

from common.domain.formula_escape import escape_formula, without_controls
from sla.rendering.document import Column, Document, Section, Table, Value
from sla.rendering.notation import Formats

MEDIA_TYPE = "text/csv"

if TYPE_CHECKING:
    from _csv import Writer


def render_csv(document: Document) -> bytes:
    file = io.StringIO()
    out = defused.writer(file, lineterminator="\r\n")
    _write(out, document.title, document.subtitle, document.edition)
    for tile in document.tiles:
        _write(out, tile.title, tile.value, tile.comparison)
    for section in document.sections:
        if section.paragraphs:
            out.writerow([])
            _write(out, section.title)
            for paragraph in section.paragraphs:
                _write(out, paragraph)
        for table in section.tables:
            out.writerow([])
            _table(out, section, table, document.formats)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _table(out: "Writer", section: Section, table: Table, formats: Formats) -> None:
    _write(out, section.title)
    _write(out, *(_title(column, formats) for column in table.columns))
    for row in table.rows:
        _write(out, *row)


def _title(column: Column, formats: Formats) -> str:
    if column.kind in ("duration", "elapsed"):
        return formats.words("in_seconds", title=column.title)
    return column.title


def _write(out: "Writer", *values: Value) -> None:
    out.writerow([_cell(value) for value in values])


def _cell(value: Value) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return escape_formula(without_controls(value)) if isinstance(value, str) else value
