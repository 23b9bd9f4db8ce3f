"""Renders a document as a workbook: a sheet per section, values as numbers, text never a formula."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from common.domain.formula_escape import escape_formula, without_controls
from sla.rendering.document import Column, Document, Kind, Section, Table, Value

MAX_CELL_CHARS = 32_000
"""The most characters of a cell; Excel allows 32,767."""
MAX_NAME_CHARS = 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
SECONDS_PER_DAY = 86_400
WIDE = 16
PROSE = Table((Column("", weight=6),), ())
"""The shape of a sheet that has paragraphs alone."""

FORMATS: dict[Kind, str] = {
    "text": "@",
    "count": "0",
    "share": "0.0%",
    "uptime": "0.000%",
    "duration": "[h]:mm:ss",
    "elapsed": "[h]:mm:ss",
    "instant": "yyyy-mm-dd hh:mm",
    "date": "yyyy-mm-dd",
}
# Text stays text: nothing is converted.
WORKBOOK_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}


def render_xlsx(document: Document) -> bytes:
    """The workbook. Its instants are in the document's zone, as workbooks have no zones."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, WORKBOOK_OPTIONS) as book:
        writer = _SheetWriter(book, ZoneInfo(document.zone))
        _summary(writer, document)
        for name, section in _sheets(document):
            _section(writer, name, section)
    return file.getvalue()


class _SheetWriter:
    """Writes cells, each in the format of its kind."""

    def __init__(self, book: Any, zone: ZoneInfo) -> None:
        self.book = book
        self.zone = zone
        self.head = book.add_format({"bold": True, "bg_color": "#EEF2F6", "bottom": 1})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.formats = {
            kind: book.add_format(
                {"num_format": form, "valign": "top", "text_wrap": kind == "text"}
            )
            for kind, form in FORMATS.items()
        }

    def write(self, sheet: Any, row: int, column: int, value: Value, kind: Kind) -> None:
        if value is None:
            return
        if isinstance(value, str):
            sheet.write_string(row, column, _text(value), self.formats["text"])
        elif isinstance(value, datetime):
            local = value.astimezone(self.zone).replace(tzinfo=None)
            sheet.write_datetime(row, column, local, self.formats["instant"])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self.formats["date"])
        else:
            number = value / SECONDS_PER_DAY if kind in ("duration", "elapsed") else value
            sheet.write_number(row, column, number, self.formats[kind])


def _summary(writer: _SheetWriter, document: Document) -> None:
    words = document.formats.words
    sheet = writer.book.add_worksheet(words("sheet_summary"))
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 40)
    sheet.write_string(0, 0, _text(document.title), writer.title)
    zone = words("sheet_zone", zone=document.zone)
    for row, line in enumerate((document.subtitle, document.edition, zone), start=1):
        writer.write(sheet, row, 0, line, "text")
    for row, tile in enumerate(document.tiles, start=5):
        for column, text in enumerate((tile.title, tile.value, tile.comparison)):
            writer.write(sheet, row, column, text, "text")


def _section(writer: _SheetWriter, name: str, section: Section) -> None:
    sheet = writer.book.add_worksheet(name)
    widest = max(section.tables, key=lambda table: len(table.columns), default=PROSE)
    for index, column in enumerate(widest.columns):
        sheet.set_column(index, index, max(WIDE * column.weight, 8))
    for row, paragraph in enumerate(section.paragraphs):
        writer.write(sheet, row, 0, paragraph, "text")
    row = len(section.paragraphs) + 1 if section.paragraphs else 0
    for table in section.tables:
        row = _table(writer, sheet, row, table) + 2
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _table(writer: _SheetWriter, sheet: Any, first: int, table: Table) -> int:
    """Write a table from row `first` on; the row after its last one."""
    for index, column in enumerate(table.columns):
        sheet.write_string(first, index, _text(column.title), writer.head)
    for row, values in enumerate(table.rows, start=first + 1):
        for index, (column, value) in enumerate(zip(table.columns, values, strict=True)):
            writer.write(sheet, row, index, value, column.kind)
    return first + 1 + len(table.rows)


def _sheets(document: Document) -> Iterator[tuple[str, Section]]:
    """The sections with words or tables and the names of their sheets, within the limits of Excel."""
    for section in document.sections:
        if section.tables or section.paragraphs:
            yield section.title.translate(FORBIDDEN)[:MAX_NAME_CHARS].strip(), section


def _text(text: str) -> str:
    return escape_formula(without_controls(text))[:MAX_CELL_CHARS]
