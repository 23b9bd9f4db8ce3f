"""A database restored from a backup: sender, receiver, and a promoted standby that lags behind.

The backup is taken while the services run and the load goes on; `restored` is run as the runbook
says. The histories must hold then, with what `restored` lists as lost.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from opsdesk_local.processes import run_to_end
from opsdesk_local.service import SERVICES
from tests.faults.backups import back_up, restore_backup
from tests.faults.conftest import FaultSite
from tests.faults.site import Site
from tests.faults.snapshots import has_applied_everything

RATE, SECONDS_BEFORE_BACKUP, SECONDS = 30, 5.0, 12.0
CATCH_UP_S = 120.0

pytestmark = pytest.mark.long


def run_restored(site: Site, name: str) -> None:
    """Run `python -m <module> restored`."""
    (service,) = [one for one in SERVICES if one.name == name]
    run_to_end(
        [sys.executable, "-m", service.module, "restored"],
        what=f"{name} restored",
        folder=site.desk.folder,
        env=site.desk.environment(service),
    )


async def restored_under_load(installation: FaultSite, names: Sequence[str]) -> list[str]:
    """Load, a backup in the midst of it, the restoration, load again, and the verdict."""
    site = installation.site
    schemas = [name.replace("-", "_") for name in names]
    load = asyncio.create_task(installation.load(RATE, SECONDS).run())
    await asyncio.sleep(SECONDS_BEFORE_BACKUP)
    backup = await back_up(site.admin_url, schemas)
    responses = await load
    await site.wait_until_settled()
    highest = await highest_number(site)
    for name in names:
        site.desk.services[name].kill()
    await restore_backup(site.admin_url, backup)
    saved = await highest_number(site)
    for name in names:
        await asyncio.to_thread(run_restored, site, name)
        await asyncio.to_thread(run_restored, site, name)  # twice does no harm
    for name in names:
        await asyncio.to_thread(site.desk.services[name].start)
    caught_up = await wait_until_applied(site)
    await work_on_shortened_tickets(site)
    again = await installation.load(RATE, SECONDS_BEFORE_BACKUP).run()
    responses.openings += again.openings
    installation.say(f"\n{', '.join(names)} restored: caught up after {caught_up:.1f} s")
    found = await installation.check_history("restored", responses)
    if "intake" in names:
        assert highest > saved, "nothing was lost: the backup was too late"
        found += await numbers_given_twice(site, saved, highest)
    return found


async def highest_number(site: Site) -> int:
    highest: Any = await fetch_value(site, "SELECT max(number) FROM intake.tickets")
    return int(highest or 0)


async def numbers_given_twice(site: Site, saved: int, highest: int) -> list[str]:
    query = "SELECT count(*) FROM intake.tickets WHERE number > $1 AND number <= $2"
    count = await fetch_value(site, query, saved, highest)
    return [f"{count} numbers of lost tickets were given again"] if count else []


async def fetch_value(site: Site, query: str, *values: object) -> object:
    connection = await asyncpg.connect(site.admin_url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


async def work_on_shortened_tickets(site: Site) -> None:
    """Go on with tickets whose later events are lost: the next event must be taken by everybody."""
    connection = await asyncpg.connect(site.admin_url)
    rows = await connection.fetch(
        "SELECT subject FROM intake.lost_history WHERE is_known AND subject LIKE 'ticket/%' LIMIT 5"
    )
    await connection.close()
    headers = {"Authorization": f"Bearer {site.token('anna', 'ops')}"}
    async with httpx.AsyncClient(headers=headers, timeout=10) as client:
        for row in rows:
            ticket = row["subject"].partition("/")[2]
            answer = await client.post(
                f"{site.intakes[0]}/v1/tickets/{ticket}/replies", json={"text": "Still at it."}
            )
            assert answer.status_code in {200, 201, 409}, answer.text


async def wait_until_applied(site: Site) -> float:
    """Wait until the services have read again what a restored one lost; return the seconds."""
    began = time.monotonic()
    while not await has_applied_everything(site.admin_url, site.servers.bootstrap):
        assert time.monotonic() - began < CATCH_UP_S, "what was lost is not heard again"
        await asyncio.sleep(0.3)
    return time.monotonic() - began


async def test_a_restored_sender_goes_on_above_what_it_published(one: FaultSite) -> None:
    assert await restored_under_load(one, ["intake"]) == []


async def test_a_restored_receiver_hears_again_what_it_lost(one: FaultSite) -> None:
    assert await restored_under_load(one, ["sla", "escalation"]) == []


async def test_a_promoted_standby_that_lags_loses_no_order(one: FaultSite) -> None:
    """All four schemas go back to one moment some seconds before, and Kafka does not."""
    names = [service.name for service in SERVICES]
    assert await restored_under_load(one, names) == []
