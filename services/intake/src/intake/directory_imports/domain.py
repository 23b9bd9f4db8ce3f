"""Which columns a file of the directory has, and what became of each line. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

DirectoryKind = Literal["customers", "environments", "partners", "staff"]
Outcome = Literal["created", "updated", "unchanged", "refused"]

COLUMNS: Final[Mapping[DirectoryKind, Sequence[str]]] = {
    "customers": ("key", "name", "timezone", "language", "tier"),
    "environments": ("key", "customer", "tier", "name"),
    "partners": ("key", "name", "timezone", "email"),
    "staff": ("sub", "name", "email", "phone", "timezone", "roles"),
}
"""The columns of each file, first the one by which a line is recognised; names are compared in lower case."""
CHANGEABLE: Final[Mapping[DirectoryKind, frozenset[str]]] = {
    "customers": frozenset({"name", "timezone", "language", "tier"}),
    "environments": frozenset({"name"}),
    "partners": frozenset({"name", "timezone", "email"}),
    "staff": frozenset({"name", "timezone"}),
}
"""What a file changes of what is there already: what one person may change, and nothing else."""


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """What line `line` of a file says, by column; columns that it leaves empty are not there."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DirectoryFile:
    """The rows of a file, and the columns that were not understood."""

    rows: tuple[DirectoryRow, ...]
    not_understood: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What became of a line; `key` is what it names, `problems` say why it was refused."""

    line: int
    key: str | None
    outcome: Outcome
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DirectoryReport:
    """What became of a file; with `dry_run` what would."""

    kind: DirectoryKind
    dry_run: bool
    items: Sequence[ImportedRow]
    not_understood: Sequence[str]

    def count(self, outcome: Outcome) -> int:
        """How many lines ended so."""
        return Counter(item.outcome for item in self.items)[outcome]
