"""What became of an export, record by record. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from intake.ticket_imports.domain.imported import Source

RecordOutcome = Literal["imported", "known", "refused"]


@dataclass(frozen=True, slots=True)
class ImportedRecord:
    """One record of the file, by its number in it and its id there; `ticket` is a key.

    `remarks` say what of it was not understood, or why it was refused. `files` of an imported one are named in
    the export, and lie elsewhere.
    """

    number: int
    external_id: str | None
    outcome: RecordOutcome
    ticket: str | None = None
    remarks: Sequence[str] = ()
    files: int = 0


@dataclass(frozen=True, slots=True)
class TicketImportReport:
    """What became of an export; with `dry_run` what would."""

    source: Source
    dry_run: bool
    items: Sequence[ImportedRecord]

    def count(self, outcome: RecordOutcome) -> int:
        """How many records ended so."""
        return Counter(item.outcome for item in self.items)[outcome]
