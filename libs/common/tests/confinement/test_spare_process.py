"""The next process is started before its piece of work comes, and still does one piece only."""

import asyncio
import os
from collections.abc import AsyncIterator
from multiprocessing import active_children
from signal import SIGKILL

import pytest
from confinement_support import work

from common.confinement import Confinement, LimitExceeded, Limits
from opsdesk_testing.waiting import until

LIMITS = Limits(cpu_s=1, wall_s=5, memory_mib=256)


@pytest.fixture
async def confinement() -> AsyncIterator[Confinement]:
    before = set(active_children())
    confinement = Confinement("test", LIMITS, at_once=1, spare=True)
    yield confinement
    # What is on its way is started first, or the next test would find one more.
    await confinement.prepare()
    for spare in set(active_children()) - before:
        spare.kill()


async def spare_process(before: set[int]) -> int:
    """The id of the process that was started besides those."""
    await until(lambda: bool(running() - before))
    (spare,) = running() - before
    return spare


def running() -> set[int]:
    return {child.pid for child in active_children() if child.pid}


async def test_a_piece_runs_in_the_process_that_waited_for_it(confinement: Confinement) -> None:
    before = running()
    first = await confinement.run(work.process_id)
    spare = await spare_process(before | {first})
    assert await confinement.run(work.process_id) == spare


async def test_the_first_piece_finds_a_process_that_waits(confinement: Confinement) -> None:
    before = running()
    await confinement.prepare()
    (spare,) = running() - before
    assert await confinement.run(work.process_id) == spare


async def test_each_piece_has_a_process_of_its_own(confinement: Confinement) -> None:
    pieces = [await confinement.run(work.process_id) for _ in range(5)]
    assert len(set(pieces)) == 5


async def test_a_spare_process_that_others_ended_is_not_used(confinement: Confinement) -> None:
    before = running()
    first = await confinement.run(work.process_id)
    spare = await spare_process(before | {first})
    os.kill(spare, SIGKILL)
    await until(lambda: spare not in running())
    assert await confinement.run(work.double, 21) == 42


async def test_its_time_begins_with_its_piece(confinement: Confinement) -> None:
    """However long it waited; and what exceeds it is ended as in any other."""
    await confinement.run(work.double, 1)
    with pytest.raises(LimitExceeded):
        await confinement.run(work.compute_forever)
    assert await confinement.run(work.double, 21) == 42


async def test_pieces_that_come_together_find_a_process_each() -> None:
    before = running()
    confinement = Confinement("test", LIMITS, at_once=2, spare=True)
    await confinement.prepare()
    await until(lambda: len(running() - before) == 2)
    spares = running() - before
    ids = await asyncio.gather(*(confinement.run(work.process_id) for _ in range(2)))
    assert set(ids) == spares
    await confinement.prepare()
    for spare in running() - before:
        os.kill(spare, SIGKILL)
