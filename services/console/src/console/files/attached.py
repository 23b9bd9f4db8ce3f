"""Files that a form keeps, once intake has them. Pure."""

from collections.abc import Mapping
from typing import Final

ATTACHED: Final = "attached."
"""Begins the names of fields that hold a file which intake has: what follows is its id, the value its name."""


def attached_ids(values: Mapping[str, str]) -> list[str]:
    """Return the ids of the files that a form keeps."""
    return [name.removeprefix(ATTACHED) for name in values if name.startswith(ATTACHED)]


def attached_files(values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return these files for the form: the name of the field, and the file's own."""
    return [(name, value) for name, value in values.items() if name.startswith(ATTACHED)]
