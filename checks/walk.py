"""The walk of one ticket, from HTTP to its stored clock, as `docs/architecture.md` lists it.

The section holds the paths in the order in which the ticket passes them, from the root of the
repository; every one must exist.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from checks.violations import Violation, run

DOCUMENT = Path("docs/architecture.md")
HEADING = "The walk of one ticket"
MAX_FILES = 24
PYTHON_PATH = re.compile(r"[\w./-]+\.py\b")


def listed_files(root: Path) -> dict[Path, int]:
    """The paths that the section names, each with the line that names it first."""
    files: dict[Path, int] = {}
    for line, text in _section(root):
        for path in PYTHON_PATH.findall(text):
            files.setdefault(Path(path), line)
    return files


def violations(root: Path) -> Iterator[Violation]:
    """The section is missing, lists too many files, or names a file that does not exist."""
    files = listed_files(root)
    if not files:
        yield Violation(DOCUMENT, 1, f'has no section "{HEADING}" that lists files.')
    if len(files) > MAX_FILES:
        yield Violation(DOCUMENT, 1, f"lists {len(files)} files: at most {MAX_FILES}.")
    for path, line in files.items():
        if not (root / path).is_file():
            yield Violation(DOCUMENT, line, f"names {path}, which does not exist.")


def _section(root: Path) -> Iterator[tuple[int, str]]:
    document = root / DOCUMENT
    if not document.exists():
        return
    depth, is_fenced = 0, False
    for line, text in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        is_fenced ^= text.startswith("```")
        marks, _, title = text.partition(" ")
        is_heading = not is_fenced and marks != "" and set(marks) == {"#"}
        if is_heading and title.strip().casefold() == HEADING.casefold():
            depth = len(marks)
        elif is_heading and len(marks) <= depth:
            return
        elif depth:
            yield line, text


if __name__ == "__main__":
    run(violations)
