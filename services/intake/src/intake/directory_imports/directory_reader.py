"""Read CSV files beside the event loop, in a process of its own with limits of time and memory."""

from typing import Final

from common.confinement import Confinement, LimitExceeded, Limits
from intake.contact_imports.csv_contacts import NotReadable
from intake.directory_imports.csv_rows import read
from intake.directory_imports.domain import DirectoryFile, DirectoryKind

READER: Final = Confinement(
    "directory-csv",
    Limits(cpu_s=5, wall_s=20, memory_mib=256),
    ("intake.directory_imports.csv_rows",),
    waiting=8,
)


async def read_directory(data: bytes, kind: DirectoryKind) -> DirectoryFile:
    """The rows of the file. Raises NotReadable, or ConfinementUnavailable: try again later."""
    try:
        return await READER.run(read, data, kind)
    except LimitExceeded as exceeded:
        raise NotReadable(str(exceeded)) from None
