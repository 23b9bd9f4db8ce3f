"""What became of an export, as its sender reads it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from common.http import RequestModel, ResponseModel
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


class ImportedFileRead(ResponseModel):
    """A file that the export of a ticket names; `ticket` is a key. It is missing until `taken_at`.

    `url` is where it lies in the other system: nothing is fetched from there.
    """

    id: UUID
    source: Source
    external_id: str
    ticket: str
    name: str
    url: str
    is_public: bool
    taken_by: str | None
    taken_at: datetime | None


class ImportedFileTake(RequestModel):
    """The upload (`POST /v1/tickets/{ticket}/attachments`) that is the file."""

    upload: UUID


class TicketImportRead(ResponseModel):
    """What became of a file, or what would: with `dry_run` nothing was stored.

    `known` ones were imported before. `files` counts those that the imported tickets name: bring them, see
    `/v1/imports/files`. `items` are those that were refused or have remarks, at most 1,000.
    """

    source: Source
    dry_run: bool
    imported: int
    known: int
    refused: int
    files: int
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
        files=sum(item.files for item in report.items),
        items=[ImportedRecordRead.model_validate(item) for item in remarked],
    )
