"""Read a CSV file of the directory. Pure; runs confined, as its bytes are foreign (see `directory_reader`)."""

import csv
import io

from intake.contact_imports.csv_contacts import (
    MAX_COLUMNS,
    MAX_FIELD_CHARS,
    MAX_LINES,
    NotReadable,
    decode,
    delimiter_of,
)
from intake.directory_imports.domain import (
    COLUMNS,
    DirectoryFile,
    DirectoryKind,
    DirectoryRow,
)


def read(data: bytes, kind: DirectoryKind) -> DirectoryFile:
    """The rows of a CSV file with a line of column names. Raises NotReadable."""
    csv.field_size_limit(MAX_FIELD_CHARS)
    text = decode(data)
    known = COLUMNS[kind]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
    try:
        columns = next(lines, [])
        names = [column.strip().lower() for column in columns]
        if len(columns) > MAX_COLUMNS or known[0] not in names:
            raise NotReadable(
                f"its first line names no column {known[0]}; known are {', '.join(known)}"
            )
        rows: list[DirectoryRow] = []
        for values in lines:
            if len(rows) == MAX_LINES:
                raise NotReadable(f"it has more than {MAX_LINES} lines; send it in parts")
            given = dict(zip(names, map(str.strip, values), strict=False))
            if any(given.values()):
                used = {name: given[name] for name in known if given.get(name)}
                rows.append(DirectoryRow(lines.line_num, used))
    except csv.Error as error:
        raise NotReadable(f"line {lines.line_num} is no CSV: {error}") from None
    unknown = (column for column, name in zip(columns, names, strict=True) if name not in known)
    return DirectoryFile(tuple(rows), tuple(unknown))
