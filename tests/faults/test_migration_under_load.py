"""A release is migrated to while the former one works, and a report reads the same tables: each service in turn."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest

from common.persistence.migration_locks import LockPatience
from common.persistence.migrations import migrate
from opsdesk import demo_clients
from opsdesk_local.installation import Installation
from opsdesk_local.roles import database_urls
from opsdesk_local.service import CONSOLE, SERVICES
from tests.faults.asking import ASKED, Asking, asking_of, get
from tests.faults.conftest import RATE, SECONDS, SECONDS_BEFORE_FAULT, FaultSite, speaker
from tests.faults.next_release import EXPANDED, write_next_release
from tests.faults.site import Site, site

# Half of what two cores carry beside four services: more, and callers wait for the processor, not for a lock.
SHORT_RATE, SHORT_SECONDS = 12, 10.0
WARM_UP_S = 4.0
"""A migration meets services that have worked for a while: their connections are made, and tickets open."""
REPORT_S = 6.0
"""Seconds that somebody's transaction keeps the tables from being changed."""
READY_S = 20.0
"""Seconds within which every service says afterwards that nothing is the matter."""


@asynccontextmanager
async def report(site: Site, module: str, seconds: float) -> AsyncIterator[None]:
    """A transaction that has read the tables and stays open for so long."""
    connection = await asyncpg.connect(site.admin_url)

    async def read() -> None:
        async with connection.transaction():
            for table in EXPANDED[module].tables:
                await connection.fetchval(f"SELECT count(*) FROM {module}.{table}")
            await asyncio.sleep(seconds)

    reading = asyncio.create_task(read())
    await asyncio.sleep(0.3)
    yield
    await reading
    await connection.close()


async def migrated_under_load(
    one: FaultSite, module: str, asking: Asking, rate: int, seconds: float
) -> tuple[list[str], dict[str, int]]:
    """Returns the faults of the history, and what callers got instead of good answers."""
    with pytest.MonkeyPatch.context() as patch:
        new = write_next_release(module, one.site.desk.folder / "next", patch)
        await one.load(rate, WARM_UP_S).run()
        async with asking.go_on():
            load = asyncio.create_task(one.load(rate, seconds).run())
            await asyncio.sleep(SECONDS_BEFORE_FAULT)
            async with report(one.site, module, REPORT_S):
                url = owner_url(one.site, module)
                _, after = await migrate(url, module, new.module, LockPatience(0.3))
            assert after == new.revision
            result = await load
    faults = await one.check_history(f"{module} migrated under load", result)
    for process in one.site.desk.services.values():
        # Also its consumer and its timers: nobody's request notices that they have stopped.
        await asyncio.to_thread(process.wait_ready, READY_S)
    return faults, dict(result.failures + asking.refusals)


def owner_url(site: Site, module: str) -> str:
    urls = database_urls(site.admin_url, site.servers.state.password, site.desk.database)
    return urls[module].owner


async def migrate_service(
    one: FaultSite, name: str, rate: int, seconds: float
) -> tuple[list[str], dict[str, int]]:
    urls = [process.url for process in one.site.replicas_of(name)]
    async with asking_of(one.site, name, urls) as asking:
        return await migrated_under_load(one, name.replace("-", "_"), asking, rate, seconds)


async def test_a_migration_under_load_refuses_nobody_and_loses_nothing(one: FaultSite) -> None:
    """The former release's code works on before, meanwhile and after."""
    result = await migrate_service(one, "intake", SHORT_RATE, SHORT_SECONDS)
    assert result == ([], {})


@pytest.mark.long
@pytest.mark.parametrize("name", ASKED)
async def test_a_migration_under_full_load_refuses_nobody_and_loses_nothing(
    two_replicas: FaultSite, name: str
) -> None:
    # Half the rate: with eight services on two cores, callers would else wait for the processor.
    result = await migrate_service(two_replicas, name, RATE // 2, SECONDS)
    assert result == ([], {})


@pytest.fixture
async def with_console(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[FaultSite]:
    whole = partial(Installation, services=(*SERVICES, CONSOLE))
    async with site(tmp_path, installation=whole) as running:
        demo_clients.issue_all_tokens(running.desk.addresses.issuer)
        yield FaultSite(running, speaker(request))


@pytest.mark.long
async def test_the_console_is_migrated_while_somebody_looks_at_pages(
    with_console: FaultSite,
) -> None:
    url = with_console.site.desk.services[CONSOLE.name].url
    async with httpx.AsyncClient(base_url=url, follow_redirects=True, timeout=20) as browser:
        await sign_in(browser)
        asking = Asking(browser, get("/settings"), [url])
        result = await migrated_under_load(
            with_console, "console", asking, SHORT_RATE, SHORT_SECONDS
        )
    assert result == ([], {})


async def sign_in(browser: httpx.AsyncClient) -> None:
    """As anna, at the page of the local issuer."""
    page = await browser.get("/sign-in?then=/settings")
    link = re.search(r'href="(/choose\?[^"]*person=anna)"', page.text)
    assert link, page.text
    page = await browser.get(page.url.join(link[1].replace("&amp;", "&")))
    assert page.url.path == "/settings", page.text
