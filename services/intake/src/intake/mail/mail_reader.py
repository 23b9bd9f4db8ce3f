"""Read mails beside the event loop, each in a process of its own with limits of time and memory.

A mail that exceeds them, or that our own code fails on, is still read as far as its beginning goes:
it always becomes something that a person sees.
"""

import asyncio
from typing import Any, Final

from common.confinement import Confinement, ConfinementUnavailable, LimitExceeded, Limits
from common.runtime import Runtime
from common.telemetry import logger
from intake.mail.reading import ReadMail, nothing_read, read, read_beginning, read_file

log = logger(__name__)

BEGINNING_BYTES: Final = 32_768
"""How much is looked at of a mail that cannot be read as a whole."""

_MODULES: Final = ("intake.mail.warm_reading",)
WHOLE: Final = Confinement("mail", Limits(cpu_s=5, wall_s=20, memory_mib=768), _MODULES, spare=True)
"""A mail of 25 MiB takes 1 s and 300 MiB on a machine of 2025, one of 10 kB 2 ms."""
BEGINNING: Final = Confinement(
    "mail-beginning", Limits(cpu_s=1, wall_s=5, memory_mib=128), _MODULES
)


async def prepare_reading(runtime: Runtime[Any]) -> None:
    """Have a process ready for the first mail: others would wait while the first one starts."""
    await WHOLE.prepare()
    await asyncio.Event().wait()


async def read_mail(raw: bytes) -> ReadMail:
    """The mail, read as far as possible. Raises ConfinementUnavailable where it must be tried again.

    Takes seconds at worst: hold no connection meanwhile.
    """
    try:
        return await WHOLE.run(read, raw)
    except ConfinementUnavailable:
        raise
    except LimitExceeded as exceeded:
        because = _fault_of_mail(exceeded)
    except Exception:
        log.exception("mail.reading_failed")
        because = "OpsDesk has a fault that this mail shows"
    return await _read_beginning(raw, because)


async def _read_beginning(raw: bytes, because: str) -> ReadMail:
    try:
        return await BEGINNING.run(read_beginning, raw[:BEGINNING_BYTES], because)
    except ConfinementUnavailable:
        raise
    except LimitExceeded as exceeded:
        log.warning("mail.beginning_not_read", error=_fault_of_mail(exceeded))
        return nothing_read(because)
    except Exception as error:  # noqa: BLE001 - whatever it was, the mail is shown to a person
        log.warning("mail.beginning_not_read", error=type(error).__name__)
        return nothing_read(because)


async def read_attachment(raw: bytes, digest: str) -> bytes | None:
    """The bytes of the file in the mail that has this digest; None where it cannot be read any more.

    Raises ConfinementUnavailable where it must be tried again.
    """
    try:
        return await WHOLE.run(read_file, raw, digest)
    except LimitExceeded as exceeded:
        log.warning("mail.attachment_not_read", reason=_fault_of_mail(exceeded))
        return None


def _fault_of_mail(exceeded: LimitExceeded) -> str:
    """Why this mail cannot be read.

    Raises ConfinementUnavailable where it used up real time alone: a busy machine says nothing about the mail.
    """
    if exceeded.excess == "wall":
        raise ConfinementUnavailable(str(exceeded)) from exceeded
    return str(exceeded)
