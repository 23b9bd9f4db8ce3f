"""A database restored from a backup: sender, receiver, and a promoted standby that lags behind.

The backup is taken while the services run and the load goes on; `restored` is run as the runbook
says. The histories must hold then, with what `restored` lists as lost. The standby is imitated: all
four schemas go back to one moment some seconds before, which is what its promotion does.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from opsdesk_local.processes import run_to_end
from opsdesk_local.service import SERVICES
from tests.faults.backups import back_up, restore_backup
from tests.faults.conftest import RATE, SECONDS, FaultSite
from tests.faults.site import Site
from tests.faults.snapshots import has_applied_everything

CATCH_UP_S = 120.0
REFUSAL_S = 60.0


@dataclass(frozen=True, slots=True)
class Run:
    """How long the load runs before the backup and in all, and again after the restoration."""

    rate: int
    before_backup_s: float
    seconds: float
    afterwards_s: float


SHORT = Run(20, 3.0, 8.0, 3.0)
LONG = Run(RATE, 8.0, SECONDS, 8.0)
RUNS = [
    pytest.param(SHORT, id="short"),
    pytest.param(LONG, id="long", marks=pytest.mark.long),
]


def run_restored(site: Site, name: str) -> None:
    """Run `python -m <module> restored`."""
    (service,) = [one for one in SERVICES if one.name == name]
    run_to_end(
        [sys.executable, "-m", service.module, "restored"],
        what=f"{name} restored",
        folder=site.desk.folder,
        env=site.desk.environment(service),
    )


def refuses_to_start(site: Site, name: str) -> str:
    """Launch a service whose database was set back; return what it says as it ends."""
    process = site.desk.services[name]
    process.launch()
    assert process.child is not None
    assert process.child.ended_within(REFUSAL_S), f"{name} runs on a database that was set back"
    return process.child.last_lines(5)


async def restored_under_load(installation: FaultSite, run: Run, names: Sequence[str]) -> list[str]:
    """Load, a backup in the midst of it, the restoration, load again, and the verdict."""
    site = installation.site
    schemas = [name.replace("-", "_") for name in names]
    load = asyncio.create_task(installation.load(run.rate, run.seconds).run())
    await asyncio.sleep(run.before_backup_s)
    backup = await back_up(site.admin_url, schemas)
    responses = await load
    await site.wait_until_settled()
    highest = await highest_number(site)
    for name in names:
        site.desk.services[name].kill()
    await restore_backup(site.admin_url, backup)
    saved = await highest_number(site)
    first = names[0]
    assert f"{first} does not start" in await asyncio.to_thread(refuses_to_start, site, first)
    for name in names:
        await asyncio.to_thread(run_restored, site, name)
        await asyncio.to_thread(run_restored, site, name)  # twice does no harm
    for name in names:
        await asyncio.to_thread(site.desk.services[name].start)
    caught_up = await wait_until_applied(site)
    await work_on_shortened_tickets(site)
    await installation.load(run.rate, run.afterwards_s).run()
    installation.say(f"\n{', '.join(names)} restored: caught up after {caught_up:.1f} s")
    found = await installation.check_history("restored", responses)
    if "intake" in names:
        assert highest > saved, "nothing was lost: the backup was too late"
        found += await numbers_given_twice(site, saved, highest)
        found += await not_listed_by_receivers(site)
    return found


async def highest_number(site: Site) -> int:
    highest: Any = await fetch_value(site, "SELECT max(number) FROM intake.tickets")
    return int(highest or 0)


async def numbers_given_twice(site: Site, saved: int, highest: int) -> list[str]:
    query = "SELECT count(*) FROM intake.tickets WHERE number > $1 AND number <= $2"
    count = await fetch_value(site, query, saved, highest)
    return [f"{count} numbers of lost tickets were given again"] if count else []


async def not_listed_by_receivers(site: Site) -> list[str]:
    """What intake lists as lost, sla must list as well: it was told so."""
    query = """
        SELECT count(*) FROM intake.lost_history own WHERE subject LIKE 'ticket/%' AND NOT EXISTS (
            SELECT FROM sla.lost_history heard WHERE heard.source = own.source
                AND (heard.subject, heard.restored_sequence) = (own.subject, own.restored_sequence))
    """
    count = await fetch_value(site, query)
    assert await fetch_value(site, "SELECT count(*) FROM intake.lost_history"), "nothing was lost"
    return [f"{count} subjects are listed by intake alone"] if count else []


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


@pytest.mark.long
async def test_a_restored_sender_goes_on_above_what_it_published(one: FaultSite) -> None:
    assert await restored_under_load(one, LONG, ["intake"]) == []


@pytest.mark.long
async def test_a_restored_receiver_hears_again_what_it_lost(one: FaultSite) -> None:
    assert await restored_under_load(one, LONG, ["sla", "escalation"]) == []


@pytest.mark.parametrize("run", RUNS)
async def test_a_promoted_standby_that_lags_loses_no_order(one: FaultSite, run: Run) -> None:
    names = [service.name for service in SERVICES]
    assert await restored_under_load(one, run, names) == []
