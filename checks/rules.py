"""Every rule code that is cited stands in docs/rules.md.

    python -m checks.rules          # exit code 1 with file:line of each code that is not defined
    python -m checks.rules C11      # where a rule is defined and cited

`rule_codes` says what is a citation, `rule_readers` where each kind of file has its prose.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from checks.rule_codes import CODE
from checks.rule_readers import Reader, reader_of

ROOT: Final = Path(__file__).parent.parent
RULES: Final = "docs/rules.md"

EXAMPLES: Final = frozenset(
    f"tests/checks/test_{name}.py" for name in ("openapi", "rule_readers", "rules")
)
"""Tests of the checks: what they cite is made up."""

_SKIPPED_FOLDERS: Final = frozenset({"build", "dist", "node_modules", "__pycache__"})
_DEFINITION: Final = re.compile(rf"^### ({CODE})\n\*\*\S", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """A code at `line` (from 1) of the file `path`, relative to the repository."""

    path: str
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}"


def defined_codes(rules: str) -> list[str]:
    """The codes that the text of docs/rules.md defines, in its order: a heading with a title."""
    return _DEFINITION.findall(rules)


@cache
def citations(root: Path) -> tuple[Citation, ...]:
    """All citations below a folder, in order. Reading this repository takes seconds: it is read once."""
    found = (
        Citation(path.relative_to(root).as_posix(), line + 1, code)
        for path, reader in _files(root)
        for line, code in reader(path.read_text(encoding="utf-8"))
    )
    return tuple(sorted(found))


def _files(root: Path) -> Iterator[tuple[Path, Reader]]:
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not name.startswith(".")]
        below[:] = sorted(set(below) - _SKIPPED_FOLDERS)
        for path in (Path(folder, name) for name in names):
            is_example = path.relative_to(root).as_posix() in EXAMPLES
            if not is_example and (reader := reader_of(path)):
                yield path, reader


def find_undefined(root: Path) -> list[str]:
    """What is wrong, a line each: codes cited but not defined, and codes defined twice."""
    codes = defined_codes((root / RULES).read_text(encoding="utf-8"))
    if not codes:
        return [f"{RULES}: defines no rule; each is a heading '### C11' above '**Title.** …'"]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    return [
        *(f"{RULES}: {code} is defined twice" for code in twice),
        *(f"{one} is not defined in {RULES}" for one in citations(root) if one.code not in codes),
    ]


def main(arguments: list[str]) -> int:
    """Print what is wrong, or where the named rules are cited. 1: something is wrong."""
    if arguments:
        lines = [str(one) for one in citations(ROOT) if one.code in arguments]
    else:
        lines = find_undefined(ROOT)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 1 if lines and not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
