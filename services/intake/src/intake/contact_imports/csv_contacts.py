"""Read a CSV file of contacts. Pure; runs confined, as its bytes are foreign (see `csv_reader`)."""

import csv
import io
from dataclasses import dataclass
from typing import Final

from intake.contact_imports.domain.contact_formats import FORMATS, FormatName, plain
from intake.contact_imports.domain.contact_row import ContactRow, to_row, unknown_columns

MAX_LINES: Final = 5_000
MAX_COLUMNS: Final = 500
MAX_FIELD_CHARS: Final = 2_000
_DELIMITERS: Final = ",;\t|"


class NotReadable(ValueError):
    """The file is none that can be imported; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The rows of a file, and the columns that were not understood."""

    rows: tuple[ContactRow, ...]
    not_understood: tuple[str, ...]


def read(data: bytes, name: FormatName) -> ReadFile:
    """The rows of a CSV file with a line of column names. Raises NotReadable."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    text = decode(data)
    known = FORMATS[name]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        columns = next(lines, [])
        plain_columns = [plain(column) for column in columns]
        needed = {plain(column) for column in known.columns["address"]}
        if len(columns) > MAX_COLUMNS or not needed & set(plain_columns):
            wanted = ", ".join(known.columns["address"])
            raise NotReadable(f"its first line names no column of e-mail addresses ({wanted})")
        rows: list[ContactRow] = []
        for values in lines:
            if len(rows) == MAX_LINES:
                raise NotReadable(f"it has more than {MAX_LINES} lines; send it in parts")
            if any(value.strip() for value in values):
                named = dict(zip(plain_columns, values, strict=False))
                rows.append(to_row(lines.line_num, named, known))
    except csv.Error as error:
        raise NotReadable(f"line {lines.line_num} is no CSV: {error}") from None
    return ReadFile(tuple(rows), tuple(unknown_columns(columns, known)))


def decode(data: bytes) -> str:
    """UTF-8 or UTF-16 by their marks, else UTF-8 if it fits, else windows-1252 (as Excel writes)."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise NotReadable("it has NUL characters: export it as CSV, not as a workbook")
    return text


def delimiter_of(text: str) -> str:
    """The one that the line of column names has most of."""
    first = text.partition("\n")[0]
    return max(_DELIMITERS, key=first.count)
