"""What became of a file of contacts, line by line. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from intake.contact_imports.domain.contact_formats import FormatName

LineOutcome = Literal["created", "updated", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One line of the file. `problems` say why it was refused."""

    line: int
    outcome: LineOutcome
    contact_id: UUID | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactImportReport:
    """What became of a file; with `dry_run` what would."""

    format: FormatName
    dry_run: bool
    items: Sequence[ImportedLine]
    not_understood: Sequence[str]

    def count(self, outcome: LineOutcome) -> int:
        """How many lines ended so."""
        return Counter(item.outcome for item in self.items)[outcome]
