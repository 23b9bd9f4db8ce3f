"""Read exports beside the event loop, in a process of its own with limits of time and memory."""

from typing import Final

from common.confinement import Confinement, LimitExceeded, Limits
from intake.ticket_imports.domain.imported import Source
from intake.ticket_imports.export_parsing import NotReadable, ReadRecord, read

READER: Final = Confinement(
    "ticket-export",
    Limits(cpu_s=20, wall_s=60, memory_mib=768, answer_mib=64),
    ("intake.ticket_imports.export_parsing",),
    at_once=1,
    waiting=4,
)


async def read_export(data: bytes, source: Source, timezone: str) -> tuple[ReadRecord, ...]:
    """The records of the file. Raises NotReadable, or ConfinementUnavailable: try again later."""
    try:
        return await READER.run(read, data, source, timezone)
    except LimitExceeded as exceeded:
        raise NotReadable(f"{exceeded}; send it in smaller parts") from None
