"""Read CSV files beside the event loop, in a process of its own with limits of time and memory."""

from typing import Final

from common.confinement import Confinement, LimitExceeded, Limits
from intake.contact_imports.csv_contacts import NotReadable, ReadFile, read
from intake.contact_imports.domain.contact_formats import FormatName

READER: Final = Confinement(
    "contact-csv",
    Limits(cpu_s=5, wall_s=20, memory_mib=256),
    ("intake.contact_imports.csv_contacts",),
    waiting=8,
)


async def read_contacts(data: bytes, name: FormatName) -> ReadFile:
    """The rows of the file. Raises NotReadable, or ConfinementUnavailable: try again later."""
    try:
        return await READER.run(read, data, name)
    except LimitExceeded as exceeded:
        raise NotReadable(str(exceeded)) from None
