"""The files that go along with an answer, read from the storage."""

from collections.abc import Sequence
from dataclasses import replace

from intake.files.storage import FileMissing, FileStorage
from intake.outgoing.domain.contents import Contents
from intake.outgoing.domain.mailed_files import FileToMail, MailedFile, choose


async def with_files(
    storage: FileStorage, contents: Contents, files: Sequence[FileToMail]
) -> Contents:
    """The contents with their files, as far as they fit into a mail. Raises OSError: try again later."""
    along, too_large = choose(files)
    read = [found for file in along if (found := await _read(storage, file))]
    names = tuple(file.name for file in too_large)
    return replace(contents, files=tuple(read), left_out=names)


async def _read(storage: FileStorage, file: FileToMail) -> MailedFile | None:
    """The file; None where it was deleted meanwhile."""
    try:
        data = b"".join([piece async for piece in await storage.open(file.digest)])
    except FileMissing:
        return None
    return MailedFile(file.name, file.media_type, data)
