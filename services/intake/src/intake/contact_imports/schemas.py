"""What became of an imported file, as its sender reads it."""

from uuid import UUID

from common.http import ResponseModel
from intake.contact_imports.domain.contact_formats import FormatName
from intake.contact_imports.domain.contact_report import ContactImportReport, LineOutcome


class ImportedLineRead(ResponseModel):
    """One line of the file. `problems` say why it was refused."""

    line: int
    outcome: LineOutcome
    contact_id: UUID | None
    problems: list[str]


class ContactImportRead(ResponseModel):
    """What became of a file, or what would: with `dry_run` nothing was stored.

    `not_understood` are columns that nothing was taken from.
    """

    format: FormatName
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    not_understood: list[str]
    items: list[ImportedLineRead]


def to_response(report: ContactImportReport) -> ContactImportRead:
    """The report with its counts."""
    return ContactImportRead(
        format=report.format,
        dry_run=report.dry_run,
        created=report.count("created"),
        updated=report.count("updated"),
        unchanged=report.count("unchanged"),
        refused=report.count("refused"),
        not_understood=list(report.not_understood),
        items=[ImportedLineRead.model_validate(item) for item in report.items],
    )
