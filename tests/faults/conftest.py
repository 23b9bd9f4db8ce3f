"""Sites to break. They are shared: the history grows, and is checked after every fault."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from typing import Literal

import pytest

from tests.faults.agreements import CUSTOMER
from tests.faults.checker import Opening
from tests.faults.completeness import (  # noqa: F401 - pytest looks for them here
    pytest_addoption,
    pytest_sessionfinish,
    pytest_terminal_summary,
)
from tests.faults.fault_injection import InjectFault
from tests.faults.load import Load, LoadResult
from tests.faults.site import Site, site

RATE, SECONDS = 100, 20.0
"""Requests a second, and for how long: the long runs. More than that two cores do not carry beside
four services, Kafka, PostgreSQL and the callers: they would measure callers who are refused."""
SECONDS_BEFORE_FAULT = 2.0
"""Seconds of load before anything breaks."""


class FaultSite:
    """A site under load, and everything that its callers were ever told."""

    def __init__(self, running: Site, say: Callable[[str], None]) -> None:
        self.site = running
        self.say = say
        self._loads: list[Load] = []
        # A load that begins without any would have all its callers work on the first ticket.
        self._tickets: list[str] = []

    def load(self, rate: int, seconds: float, urls: list[str] | None = None) -> Load:
        """Create a load, whose openings belong to the history whatever becomes of its test.

        `urls` are the replicas of intake that are asked, and may change meanwhile; without it all of them.
        """
        token = self.site.token("anna", "ops")
        asked = self.site.intakes if urls is None else urls
        self._loads.append(Load(asked, token, CUSTOMER, rate, seconds, self._tickets))
        return self._loads[-1]

    @property
    def openings(self) -> list[Opening]:
        return [opening for load in self._loads for opening in load.result.openings]

    async def check_history(self, fault: str, responses: LoadResult) -> list[str]:
        """Wait for rest, and check the whole history."""
        rest = await self.site.wait_until_settled()
        faults = await self.site.faults(self.openings)
        answers = ", ".join(f"{name}: {count}" for name, count in sorted(responses.answers.items()))
        self.say(
            f"\n{fault}: answering again after {responses.longest_silence:.1f} s, at rest {rest:.1f} s"
        )
        self.say(f"   {answers}; {len(faults)} faults in the history")
        return faults


async def broken_under_load(
    installation: FaultSite, break_it: InjectFault, name: str, rate: int, seconds: float
) -> list[str]:
    """Load, a fault in the middle of it, rest, and the verdict on the whole history."""
    load = asyncio.create_task(installation.load(rate, seconds).run())
    await asyncio.sleep(SECONDS_BEFORE_FAULT)
    await break_it(installation.site)
    return await installation.check_history(name, await load)


def _scope_of_one(fixture_name: str, config: pytest.Config) -> Literal["session", "module"]:
    """Short runs share a site. Histories of long ones are read too often to grow over all modules."""
    return "session" if "not long" in config.getoption("markexpr") else "module"


@pytest.fixture(scope=_scope_of_one)
async def one(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    """One of everything."""
    async with site(tmp_path_factory.mktemp("one")) as running:
        yield FaultSite(running, speaker(request))


@pytest.fixture(scope="module")
async def three_brokers(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    async with site(tmp_path_factory.mktemp("brokers"), brokers=3) as running:
        yield FaultSite(running, speaker(request))


@pytest.fixture(scope="module")
async def two_replicas(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    async with site(tmp_path_factory.mktemp("replicas"), replicas=2) as running:
        yield FaultSite(running, speaker(request))


def speaker(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Figures are for people: they are shown, whether the test fails or not."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(line: str) -> None:
        with capture.global_and_fixture_disabled():
            # stderr: the stdout of a parallel test worker is not shown.
            print(line, file=sys.stderr, flush=True)  # noqa: T201 - the run's figures

    return say
