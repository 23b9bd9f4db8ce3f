"""Sites to break. One is shared by a module: its history grows, and is checked after every fault."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.faults.agreements import CUSTOMER
from tests.faults.checker import Opening
from tests.faults.fault_injection import Break
from tests.faults.load import Load, Told
from tests.faults.site import Site, site

RATE, SECONDS = 200, 20.0
"""Requests a second, and for how long: the long runs."""
BEFORE = 2.0
"""Seconds of load before anything breaks."""


class Broken:
    """A site under load, and everything that its callers were ever told."""

    def __init__(self, running: Site, say: Callable[[str], None]) -> None:
        self.site = running
        self.openings: list[Opening] = []
        self.say = say

    def load(self, rate: int, seconds: float) -> Load:
        return Load(self.site.intakes, self.site.token("anna", "ops"), CUSTOMER, rate, seconds)

    async def judged(self, fault: str, told: Told) -> list[str]:
        """Wait for rest, add what callers were told to the history, and check all of it."""
        self.openings += told.openings
        rest = await self.site.at_rest()
        found = await self.site.faults(self.openings)
        answers = ", ".join(f"{name}: {count}" for name, count in sorted(told.answers.items()))
        self.say(
            f"\n{fault}: answering again after {told.longest_silence:.1f} s, at rest {rest:.1f} s"
        )
        self.say(f"   {answers}; {len(found)} faults in the history")
        return found


async def broken_under_load(
    desk: Broken, break_it: Break, name: str, rate: int, seconds: float
) -> list[str]:
    """Load, a fault in the middle of it, rest, and the verdict on the whole history."""
    load = asyncio.create_task(desk.load(rate, seconds).run())
    await asyncio.sleep(BEFORE)
    await break_it(desk.site)
    return await desk.judged(name, await load)


@pytest.fixture(scope="module")
async def one(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Broken]:
    """One of everything."""
    async with site(tmp_path_factory.mktemp("one")) as running:
        yield Broken(running, _speaker(request))


@pytest.fixture(scope="module")
async def three_brokers(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Broken]:
    async with site(tmp_path_factory.mktemp("brokers"), brokers=3) as running:
        yield Broken(running, _speaker(request))


@pytest.fixture(scope="module")
async def two_replicas(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Broken]:
    async with site(tmp_path_factory.mktemp("replicas"), replicas=2) as running:
        yield Broken(running, _speaker(request))


def _speaker(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Figures are for people: they are shown, whether the test fails or not."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            print(line, flush=True)  # noqa: T201 - the run's figures

    return say
