"""`python -m tests.drills [--scale N] [number …]`: play the drills of docs/runbooks/drills.md. Exit 1 unless all pass.

On one machine, without containers: a container that is stopped is a process that is. What the page has `opsdesk` do is asked of
intake's API; SQL, Kafka's lines and the runbooks' commands are run as they stand.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opsdesk_testing.waiting import until
from tests.drills.faults import FAULTS, Fault
from tests.drills.page import drills
from tests.drills.played import Played, assign_others, table
from tests.drills.prometheus import running
from tests.drills.stage import Stage
from tests.drills.watching import Watch
from tests.faults.site import site

SCALE: Final = 5
LATE_S: Final = 60
"""Seconds that an alert is waited for beyond the minutes that the page gives it."""
CALM_S: Final = 20
"""Seconds of nothing before the first drill, and before others are played beside one."""
BEGAN: Final = time.monotonic()


@dataclass(slots=True)
class Open:
    """A drill whose fault is there, and how it goes on."""

    played: Played
    play: AsyncIterator[str]


def say(line: str) -> None:
    print(f"{time.monotonic() - BEGAN:5.0f} s  {line}", flush=True)


class Run:
    """Plays drills one after the other on one site; slow ones go on beside the next."""

    def __init__(self, stage: Stage, watch: Watch) -> None:
        self._stage = stage
        self._watch = watch
        self._open: list[Open] = []
        self.played: list[Played] = []

    async def go(self, faults: Sequence[Fault]) -> None:
        """Play all of them. What a drill fails with is its problem, and the next one is played."""
        sections = {drill.number: drill for drill in drills()}
        for fault in faults:
            await self._end_what_is_raised(wait=fault.alone)
            one = Played(fault, sections[fault.number])
            self.played.append(one)
            await self._begin(one)
        await self._end_what_is_raised(wait=True)
        for one in self.played:
            await self._see_its_end(one)

    async def _begin(self, one: Played) -> None:
        say(f"drill {one.drill.number}: {one.drill.title}")
        play = self._watched(one)
        one.caused_at = time.time()
        await anext(play, None)
        say(f"  caused; {one.drill.alert} is to be raised")
        if one.problem:
            return
        if one.fault.raised_late:
            self._open.append(Open(one, play))
            await asyncio.sleep(CALM_S)
            return
        await self._go_on(Open(one, play))

    async def _watched(self, one: Played) -> AsyncIterator[str]:
        """The play, whose errors become the drill's problem."""
        try:
            async for printed in one.fault.play(self._stage, one.drill):
                yield printed
        except Exception as error:  # noqa: BLE001 - it is told, and the other drills go on
            one.problem = f"{type(error).__name__}: {error}"
            say(f"  it could not be played: {one.problem}")

    async def _end_what_is_raised(self, *, wait: bool) -> None:
        """Go on with drills that were left open, once their alerts are raised; with `wait`, until they are."""
        for open_ in list(self._open):
            if wait or self._raised(open_.played):
                self._open.remove(open_)
                say(f"drill {open_.played.drill.number}, which was left open:")
                await self._go_on(open_)

    def _raised(self, one: Played) -> bool:
        one.alert = self._watch.raised(one.drill.alert, one.fault.service, one.caused_at)
        return one.alert is not None

    async def _go_on(self, open_: Open) -> None:
        """Wait for the alert, look at its page, mend, and see it end (but those that look back)."""
        one, play = open_.played, open_.play
        left_s = one.caused_at + one.drill.within_s + LATE_S - time.time()
        with suppress(TimeoutError):
            await until(lambda: self._raised(one), max(1.0, left_s))
        await self._find(one, play)
        one.mended_at = time.time()
        say("  mended by the page")
        if not one.fault.ends_late:
            await self._see_its_end(one)

    async def _find(self, one: Played, play: AsyncIterator[str]) -> None:
        if one.alert is None:
            say(f"  NOT RAISED within {time.time() - one.caused_at:.0f} s")
            one.problem = "its alert was not raised"
        else:
            one.runbook = one.alert.runbook
            after = (one.alert.raised_at or 0) - one.caused_at
            say(f"  raised after {after:.0f} s: {one.alert}, page {one.runbook}")
        one.printed = await anext(play, "")
        say(f"  the page's commands name the cause: {'yes' if one.is_named else 'NO'}")
        for line in one.printed.splitlines():
            print(f"           | {line[:240]}", flush=True)
        await anext(play, None)

    async def _see_its_end(self, one: Played) -> None:
        if one.ended_at is not None or one.mended_at is None:
            return
        left_s = one.mended_at + one.fault.ends_within_s - time.time()
        try:
            await until(lambda: not self._watch.stands(one.drill.alert), max(1.0, left_s))
        except TimeoutError:
            one.problem = one.problem or "its alert stands, though it was mended"
            say(f"  {one.drill.alert} STILL STANDS")
            return
        one.ended_at = time.time()
        after = one.ended_at - one.mended_at
        say(f"  {one.drill.alert} has ended, {after:.0f} s after it was mended")


async def play(faults: Sequence[Fault], scale: int, folder: Path) -> Sequence[Played]:
    async with site(folder / "site") as there:
        targets = {name: one.management_port for name, one in there.desk.services.items()}
        with running(folder / "prometheus", targets, scale) as url:
            watch = Watch(url)
            looking = asyncio.create_task(watch.go_on())
            say(f"services and Prometheus ({url}) run; {CALM_S} s without a fault")
            await asyncio.sleep(CALM_S)
            run = Run(Stage(there), watch)
            running_drills = asyncio.create_task(run.go(faults))
            await asyncio.wait({looking, running_drills}, return_when=asyncio.FIRST_COMPLETED)
            if not running_drills.done():
                running_drills.cancel()
                await looking  # raises what Prometheus did not answer
            await running_drills
            looking.cancel()
            assign_others(run.played, watch)
            before = watch.others((), 0, min(one.caused_at for one in run.played) - 1)
            for seen in before:
                say(f"raised before any fault: {seen}")
            return run.played


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("numbers", nargs="*", type=int, help="those of the page; without: all")
    parser.add_argument("--scale", type=int, default=SCALE, help="each `for:` is divided by it")
    options = parser.parse_args()
    faults = [one for one in FAULTS if not options.numbers or one.number in options.numbers]
    say(f"{len(faults)} drills, each `for:` divided by {options.scale}")
    with tempfile.TemporaryDirectory(prefix="opsdesk-drills-") as folder:
        played = asyncio.run(play(faults, options.scale, Path(folder)))
    print(f"\n{table(played, options.scale)}")
    for one in played:
        if one.problem:
            print(f"drill {one.drill.number}: {one.problem}")
    passed = sum(one.is_passed for one in played)
    print(f"\n{passed} of {len(played)} drills passed, in {time.monotonic() - BEGAN:.0f} s")
    return 0 if passed == len(played) else 1


if __name__ == "__main__":
    sys.exit(main())
