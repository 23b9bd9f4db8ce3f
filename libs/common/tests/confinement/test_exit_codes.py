"""What ended a process is known also where many end and start at the same moment."""

import asyncio
import time
from multiprocessing.popen_forkserver import forkserver  # type: ignore[attr-defined]  # of its module

import pytest
from confinement_support import work

from common.confinement import Confinement, LimitExceeded, Limits


async def test_a_process_that_starts_takes_no_exit_code_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of two who read it at once the second found nothing, and a crash was taken for a stop by others."""
    read = forkserver.read_signed

    def read_slowly(descriptor: int) -> int:
        time.sleep(0.05)  # the moment between seeing that it ended and reading how
        code: int = read(descriptor)
        return code

    monkeypatch.setattr(forkserver, "read_signed", read_slowly)
    confinement = Confinement("test", Limits(cpu_s=5, wall_s=20, memory_mib=256), at_once=8)
    found = await asyncio.gather(
        *(confinement.run(work.crash) for _ in range(24)), return_exceptions=True
    )
    assert {(type(one), getattr(one, "excess", one)) for one in found} == {(LimitExceeded, "crash")}
