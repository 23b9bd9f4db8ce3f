"""Work on foreign bytes has limits, and whatever becomes of it, the service goes on."""

import asyncio
import time
from multiprocessing import active_children
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest
from confinement_support import work

from common.confinement import Confinement, ConfinementUnavailable, LimitExceeded, Limits
from common.telemetry import metrics
from opsdesk_testing.responsiveness import longest_computing
from opsdesk_testing.waiting import until

LIMITS = Limits(cpu_s=1, wall_s=5, memory_mib=256, answer_mib=1)


@pytest.fixture
def confinement() -> Confinement:
    return Confinement("test", LIMITS)


async def test_it_answers_what_the_function_answers(confinement: Confinement) -> None:
    assert await confinement.run(work.double, 21) == 42


async def test_an_error_of_the_function_is_the_callers(confinement: Confinement) -> None:
    with pytest.raises(work.Refused, match="no calendar"):
        await confinement.run(work.refuse, "no calendar")


@pytest.mark.parametrize(
    ("function", "args", "excess"),
    [
        (work.compute_forever, (), "time"),
        (work.sleep, (60,), "wall"),
        (work.take_memory, (1024,), "memory"),
        (work.answer, (2,), "memory"),
        (work.crash, (), "crash"),
    ],
)
async def test_what_exceeds_a_limit_is_ended(
    confinement: Confinement, function: object, args: tuple[object, ...], excess: str
) -> None:
    began = time.monotonic()
    before = metrics.CONFINED_WORK.labels("test", excess)._value.get()
    with pytest.raises(LimitExceeded) as exceeded:
        await confinement.run(function, *args)  # type: ignore[arg-type]  # one of the table
    assert exceeded.value.excess == excess
    assert time.monotonic() - began < 3 * LIMITS.wall_s
    assert metrics.CONFINED_WORK.labels("test", excess)._value.get() == before + 1
    assert await confinement.run(work.double, 1) == 2


async def test_the_event_loop_goes_on_while_python_is_held(confinement: Confinement) -> None:
    busy = asyncio.create_task(confinement.run(work.compute_forever))
    assert await longest_computing(busy) < 0.5
    assert isinstance(busy.exception(), LimitExceeded)


@pytest.mark.parametrize("signal", [SIGTERM, SIGKILL])
async def test_a_process_that_others_end_says_nothing_about_the_work(
    confinement: Confinement, signal: int
) -> None:
    with pytest.raises(ConfinementUnavailable):
        await confinement.run(work.end_by, signal)


async def test_a_machine_that_stands_still_does_not_end_the_work_as_others_do(
    confinement: Confinement,
) -> None:
    """The kernel may count seconds in one step: SIGXCPU says what it was, SIGKILL does not."""
    soft, hard = await confinement.run(work.limits_of_computing)
    assert (soft, hard) == (LIMITS.cpu_s, LIMITS.cpu_s + LIMITS.wall_s)


async def test_who_no_longer_waits_ends_the_work(confinement: Confinement) -> None:
    waiting = asyncio.create_task(confinement.run(work.sleep, 60))
    await until(lambda: bool(active_children()))
    began = time.monotonic()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    # Both turns are free again.
    assert await asyncio.gather(*(confinement.run(work.double, n) for n in (1, 2))) == [2, 4]
    assert time.monotonic() - began < LIMITS.wall_s


async def test_more_than_may_wait_are_refused_at_once() -> None:
    confinement = Confinement("test", LIMITS, at_once=1, waiting=1)
    answers = await asyncio.gather(
        *(confinement.run(work.sleep, 0.2) for _ in range(4)), return_exceptions=True
    )
    assert [type(one) for one in answers].count(ConfinementUnavailable) == 2
    assert await confinement.run(work.double, 1) == 2


async def test_it_writes_no_file_and_says_nothing_in_our_log(
    confinement: Confinement, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(OSError, match="File too large"):
        await confinement.run(work.write, tmp_path / "kept")
    await confinement.run(work.shout)
    assert capfd.readouterr().err == ""


async def test_it_stands_back_behind_requests(confinement: Confinement) -> None:
    niceness, files = await confinement.run(work.environment_of_process)
    assert niceness >= 5
    assert files < 20
