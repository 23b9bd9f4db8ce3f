"""What became of an export, as its sender reads it."""

from typing import Final

from common.http import ResponseModel
from intake.ticket_imports.domain.import_report import RecordOutcome, TicketImportReport
from intake.ticket_imports.domain.imported import Source

MAX_REPORTED: Final = 1_000


class ImportedRecordRead(ResponseModel):
    """One record of the file, by its number in it and its id there.

    `remarks` say what of it was not understood, or why it was refused.
    """

    number: int
    external_id: str | None
    outcome: RecordOutcome
    ticket: str | None
    remarks: list[str]


class TicketImportRead(ResponseModel):
    """What became of a file, or what would: with `dry_run` nothing was stored.

    `known` ones were imported before. `items` are those that were refused or have remarks, at most 1,000.
    """

    source: Source
    dry_run: bool
    imported: int
    known: int
    refused: int
    items: list[ImportedRecordRead]


def to_response(report: TicketImportReport) -> TicketImportRead:
    """The report with its counts, and those of its items that need a look."""
    remarked = [item for item in report.items if item.remarks][:MAX_REPORTED]
    return TicketImportRead(
        source=report.source,
        dry_run=report.dry_run,
        imported=report.count("imported"),
        known=report.count("known"),
        refused=report.count("refused"),
        items=[ImportedRecordRead.model_validate(item) for item in remarked],
    )
