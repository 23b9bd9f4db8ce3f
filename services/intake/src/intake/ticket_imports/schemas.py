"""What became of an export, record by record."""

from typing import Literal

from common.http import ResponseModel
from intake.ticket_imports.domain.imported import Source

RecordOutcome = Literal["imported", "known", "refused"]


class ImportedRecord(ResponseModel):
    """One record of the file, by its number in it and its id there.

    `remarks` say what of it was not understood, or why it was refused.
    """

    number: int
    external_id: str | None
    outcome: RecordOutcome
    ticket: str | None
    remarks: list[str]


class TicketImportReport(ResponseModel):
    """What became of a file, or what would: with `dry_run` nothing was stored.

    `known` ones were imported before. `items` are those that were refused or have remarks, at most 1,000.
    """

    source: Source
    dry_run: bool
    imported: int
    known: int
    refused: int
    items: list[ImportedRecord]
