"""A service is upgraded under load, on its own database: migrated first, then each replica is replaced on its port.

The next release is today's code with a schema that has more (`next_release`). 0.1.0 is no former one: nobody
upgrades its database (docs/decisions/1111).
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from common.persistence.migration_locks import LockPatience
from common.persistence.migrations import migrate
from opsdesk_local.roles import database_urls
from opsdesk_local.service import ServiceProcess
from tests.faults.asking import ASKED, asking_of
from tests.faults.conftest import SECONDS_BEFORE_FAULT, FaultSite, speaker
from tests.faults.load import LoadResult
from tests.faults.next_release import write_next_release
from tests.faults.site import Site, site

RATE, SHORT_S, MAX_LOADS = 15, 9.0, 10
LOAD_S = 12.0
"""Seconds of each of the loads that follow one another until all replicas are replaced."""
DRAIN_S = 4
PROBED_EVERY_S = 0.3
"""A balancer notices within a second that a replica is unready: before it stops listening."""
WARM_UP_S = 4.0


async def test_a_single_replica_that_is_replaced_refuses_only_with_a_word_when(
    one: FaultSite,
) -> None:
    """While nobody listens there is no answer; whoever gets one is told the truth."""
    intake = one.site.desk.services["intake"]
    load = asyncio.create_task(one.load(RATE, SHORT_S).run())
    await asyncio.sleep(SECONDS_BEFORE_FAULT)
    await asyncio.to_thread(intake.restart)
    responses = await load
    assert await one.check_history("a replica replaced", responses) == []
    assert intake.alive
    bad = {name for name in responses.failures if name[0] == "5" and not is_refusal(name)}
    assert not bad, responses.failures


def is_refusal(failure: str) -> bool:
    return failure.startswith("503") and "without Retry-After" not in failure


@pytest.fixture(scope="module")
async def draining(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    """Two replicas of everything, which drain as in production."""
    folder = tmp_path_factory.mktemp("draining")
    async with site(folder, replicas=2, settings={"OPSDESK_DRAIN_S": str(DRAIN_S)}) as running:
        yield FaultSite(running, speaker(request))


@pytest.mark.long
@pytest.mark.parametrize("name", ASKED)
async def test_a_service_of_two_replicas_is_upgraded_and_nobody_notices(
    draining: FaultSite, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a single answer is a 5xx or missing, of intake, which has the load, and of the service itself."""
    running, module = draining.site, name.replace("-", "_")
    new = write_next_release(module, tmp_path, monkeypatch)
    await draining.load(RATE, WARM_UP_S).run()

    async def upgrade() -> None:
        owner = database_urls(
            running.admin_url, running.servers.state.password, running.desk.database
        )[module].owner
        _, after = await migrate(owner, module, new.module, LockPatience(0.3))
        assert after == new.revision
        for process in running.replicas_of(name):
            await asyncio.to_thread(process.restart)

    async with (
        balanced(running, "intake") as intakes,
        balanced(running, name) as replicas,
        asking_of(running, name, replicas) as asking,
        asking.go_on(),
    ):
        results = await loaded_while(draining, intakes, upgrade())
    for result in results:
        assert dict(result.failures) == {}
    assert dict(asking.refusals) == {}
    assert asking.answers > 0
    assert await draining.check_history(f"{name} upgraded", results[-1]) == []


async def loaded_while(
    one: FaultSite, urls: list[str], work: Coroutine[None, None, None]
) -> list[LoadResult]:
    """Loads, one after the other, for as long as the work takes, and one more."""
    task = asyncio.create_task(work)
    results = []
    for _ in range(MAX_LOADS):
        is_last = task.done()
        results.append(await one.load(RATE, LOAD_S, urls).run())
        if is_last:
            await task
            return results
    raise AssertionError(f"it has not ended after {MAX_LOADS} loads")


@asynccontextmanager
async def balanced(site: Site, name: str) -> AsyncIterator[list[str]]:
    """The addresses of the replicas that are ready, kept up to date as a balancer does."""
    replicas = site.replicas_of(name)
    urls = [process.url for process in replicas]

    async def probe_for_ever() -> None:
        async with httpx.AsyncClient(timeout=3) as client:
            while True:
                ready = [one.url for one in replicas if await is_ready(client, one)]
                # Like a balancer that finds none ready: it asks all of them, and they answer what they can.
                urls[:] = ready or [process.url for process in replicas]
                await asyncio.sleep(PROBED_EVERY_S)

    probing = asyncio.create_task(probe_for_ever())
    try:
        yield urls
        assert not probing.done(), "the balancer ended early"
    finally:
        probing.cancel()
        await asyncio.wait([probing])


async def is_ready(client: httpx.AsyncClient, replica: ServiceProcess) -> bool:
    try:
        return (await client.get(f"{replica.management_url}/health/ready")).status_code == 200
    except httpx.TransportError:
        return False
