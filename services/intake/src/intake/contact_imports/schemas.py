"""What became of an imported file, line by line."""

from typing import Literal
from uuid import UUID

from common.http import ResponseModel
from intake.contact_imports.domain.formats import FormatName

LineOutcome = Literal["created", "updated", "unchanged", "refused"]


class ImportedLine(ResponseModel):
    """One line of the file. `problems` say why it was refused, or what of it was not understood."""

    line: int
    outcome: LineOutcome
    contact_id: UUID | None
    problems: list[str]


class ContactImportReport(ResponseModel):
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
    items: list[ImportedLine]
