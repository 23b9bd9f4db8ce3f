"""Files of a form, handed on to intake one by one before the message that carries them.

Each gets an id, which the form keeps: a message that has to be sent again does not need them again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import UploadFile

from console.files.attached import ATTACHED
from console.language.marked import marked
from console.upstream.problems import Done, Refused, Violation, violations
from console.visits.visitor import Visitor

FIELD: Final = "files"
NOT_STORED: Final = marked("A file was not stored, as the service did not answer. Choose it again.")


@dataclass(frozen=True, slots=True)
class Sent:
    """The fields of files that intake has now, and what is wrong with the others."""

    fields: dict[str, str]
    wrong: tuple[Violation, ...]


async def send_files(visitor: Visitor, files: Sequence[UploadFile], path: str) -> Sent:
    """Hand files on to `path` of intake's API. A browser sends a nameless one where none was chosen."""
    fields: dict[str, str] = {}
    wrong: list[Violation] = []
    for file in files:
        if not file.filename:
            continue
        outcome = await visitor.upstream.upload(visitor.asker, path, file)
        if isinstance(outcome, Done) and isinstance(outcome.data, dict):
            fields[ATTACHED + str(outcome.data["id"])] = file.filename
        elif isinstance(outcome, Refused):
            wrong += [Violation(FIELD, one.detail) for one in violations(outcome)]
        else:
            wrong.append(Violation(FIELD, NOT_STORED))
    return Sent(fields, tuple(wrong))
