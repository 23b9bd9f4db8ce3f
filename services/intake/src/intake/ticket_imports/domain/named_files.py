"""Files that an export names, by object, or in a line of text as Jira's CSV has it. Pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from intake.ticket_imports.domain.imported import ImportedFile
from intake.ticket_imports.domain.record import text_of

_NAMES = ("filename", "file_name", "name")
_URLS = ("content", "content_url", "download_link", "url", "self")


def files_of(entries: Sequence[Any], *, is_public: bool = False) -> Iterator[ImportedFile]:
    """The files that these entries name; one without a name is called as its address ends."""
    for entry in entries:
        name, url = _from_object(entry) if isinstance(entry, dict) else _from_text(str(entry))
        name = name or url.partition("?")[0].rpartition("/")[2]
        if name:
            yield ImportedFile(name, url, is_public)


def _from_object(entry: dict[str, Any]) -> tuple[str, str]:
    return text_of(entry, *_NAMES), text_of(entry, *_URLS)


def _from_text(text: str) -> tuple[str, str]:
    """`created;author;name;address`, or an address alone, or a name alone."""
    parts = text.strip().split(";")
    # A name may hold semicolons, and its address holds them again.
    addresses = [index for index, part in enumerate(parts) if index >= 3 and "://" in part]
    if addresses:
        return ";".join(parts[2 : addresses[0]]), ";".join(parts[addresses[0] :])
    return ("", text.strip()) if "://" in text else (text.strip(), "")
