"""What became of a file of the directory, as its sender reads it."""

from common.http import ResponseModel
from intake.directory_imports.domain import DirectoryKind, DirectoryReport, Outcome


class DirectoryRowRead(ResponseModel):
    """One line of the file. `problems` say why it was refused."""

    line: int
    key: str | None
    outcome: Outcome
    problems: list[str]


class DirectoryImportRead(ResponseModel):
    """What became of a file, or what would: with `dry_run` nothing was stored.

    `not_understood` are columns that nothing was taken from.
    """

    kind: DirectoryKind
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    refused: int
    not_understood: list[str]
    items: list[DirectoryRowRead]


def to_response(report: DirectoryReport) -> DirectoryImportRead:
    """The report with its counts."""
    return DirectoryImportRead(
        kind=report.kind,
        dry_run=report.dry_run,
        created=report.count("created"),
        updated=report.count("updated"),
        unchanged=report.count("unchanged"),
        refused=report.count("refused"),
        not_understood=list(report.not_understood),
        items=[DirectoryRowRead.model_validate(item) for item in report.items],
    )
