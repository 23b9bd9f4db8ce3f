"""The changelog: what is not released yet, and the section of a version."""

import re
from datetime import date
from pathlib import Path
from typing import Final

from opsdesk_local.errors import LocalRunError

FILE: Final = "CHANGELOG.md"
UNRELEASED: Final = "## Unreleased"
_HEADING: Final = re.compile(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d{2}-\d{2})$", re.MULTILINE)


def released_versions(root: Path) -> list[str]:
    """Return the versions that have a section, the newest first."""
    return [found[1] for found in _HEADING.finditer(_read(root))]


def section(root: Path, version: str) -> str:
    """Return what a version's section says, with its heading. Raises LocalRunError without one, or an empty one."""
    text = _read(root)
    found = next((one for one in _HEADING.finditer(text) if one[1] == version), None)
    if found is None:
        raise LocalRunError(
            f"{FILE} has no section `## {version} - DATE`: `python -m opsdesk_local version {version}` makes it of what is unreleased."
        )
    whole = text[found.start() :].split("\n## ", 1)[0].strip()
    if "\n" not in whole:
        raise LocalRunError(f"The section of {version} in {FILE} is empty.")
    return f"{whole}\n"


def release_unreleased(root: Path, version: str, day: date) -> None:
    """Make the section of a version of what is unreleased; an empty `Unreleased` stays above it.

    Raises LocalRunError where nothing is unreleased, or the version has a section.
    """
    text = _read(root)
    if version in released_versions(root):
        raise LocalRunError(f"{FILE} has a section of {version} already.")
    before, heading, after = text.partition(f"{UNRELEASED}\n")
    if not heading or not after.split("\n## ", 1)[0].strip():
        raise LocalRunError(f"Nothing is unreleased in {FILE}: a release says what changed.")
    fresh = f"{UNRELEASED}\n\n## {version} - {day.isoformat()}\n"
    (root / FILE).write_text(before + fresh + after, encoding="utf-8")


def _read(root: Path) -> str:
    return (root / FILE).read_text(encoding="utf-8")
