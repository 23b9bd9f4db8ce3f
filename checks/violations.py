"""A violation of a rule of the repository, and the command line that every check shares."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, order=True, slots=True)
class Violation:
    """What is wrong at a line of a file; `path` is relative to the root of the repository."""

    path: Path
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


Check = Callable[[Path], Iterable[Violation]]
"""Takes the root of a repository."""


def run(check: Check) -> None:
    """Print the violations in the current folder; exit with 1 if there are any."""
    violations = sorted(check(Path.cwd()))
    for violation in violations:
        print(violation)
    sys.exit(1 if violations else 0)
