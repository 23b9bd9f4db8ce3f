"""One record of an export, whose fields have several names and forms. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Record = Mapping[str, Any]
"""A line of a CSV file (each column a list of texts), or a JSON object. Names are plain: see `plain`."""


def plain(name: str) -> str:
    """The form in which names of columns and fields are compared: `short_description`, `Short description`."""
    return "".join(c for c in name.lower() if c not in " _-")


def plain_names(value: Any) -> Any:
    """The JSON value with plain names."""
    if isinstance(value, dict):
        return {plain(name): plain_names(entry) for name, entry in value.items()}
    return [plain_names(entry) for entry in value] if isinstance(value, list) else value


def text_of(record: Record, *names: str) -> str:
    """The first of these fields that says something, as text; empty where none does.

    `a.b` is a field of a field. Of an object the name, address or value that it is shown by.
    """
    for name in names:
        if found := as_text(_find(record, name)):
            return found
    return ""


def list_of(record: Record, name: str) -> Sequence[Any]:
    """The entries of this field: those of a list, or of a column that comes several times."""
    found = _find(record, name)
    return found if isinstance(found, list) else [] if found is None else [found]


def words_of(record: Record, name: str) -> list[str]:
    """The words of this field, each entry divided by blanks and commas."""
    entries = list_of(record, name)
    return [word for entry in entries for word in as_text(entry).replace(",", " ").split()]


def as_text(value: Any) -> str:
    """A value as text."""
    if isinstance(value, list):
        return next((text for one in value if (text := as_text(one))), "")
    if isinstance(value, dict):
        names = (
            "displayvalue",
            "emailaddress",
            "email",
            "displayname",
            "name",
            "value",
            "plainbody",
        )
        return next((text for name in names if (text := as_text(value.get(name)))), "")
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _find(record: Record, name: str) -> Any:
    if (whole := record.get(plain(name))) is not None:
        return whole
    found: Any = record
    for step in name.split("."):
        found = found.get(plain(step)) if isinstance(found, Mapping) else None
    return found


def document_text(value: Any) -> str:
    """The text of a description: plain text, or Jira's document format, paragraph by paragraph."""
    if not isinstance(value, dict):
        return as_text(value)
    if "text" in value:
        return str(value["text"])
    parts = [document_text(entry) for entry in value.get("content", []) if isinstance(entry, dict)]
    is_block = value.get("type") in {
        "doc",
        "bulletlist",
        "orderedlist",
        "bulletList",
        "orderedList",
    }
    return ("\n\n" if is_block else "").join(part for part in parts if part)
