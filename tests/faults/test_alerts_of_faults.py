"""Each fault raises the alerts that it should, and no other: of what the replicas really export meanwhile.

Nobody calls meanwhile, as at night: what is raised is raised by OpsDesk's own word, not by a rate of requests.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from opsdesk_local import open_state
from opsdesk_local.promtool import promtool
from opsdesk_testing.waiting import until
from tests.deployment.raised_alerts import METRICS, raised_alerts
from tests.faults.agreements import CUSTOMER
from tests.faults.conftest import FaultSite
from tests.faults.fault_injection import (
    InjectFault,
    freeze_postgres,
    kill_broker_for_good,
    lock_tables,
)
from tests.faults.recording import LEAD, record
from tests.faults.site import Site

RECORDED_S = 240
"""Seconds that are recorded: longer than the pages wait that these faults should raise (three minutes of trouble).

What waits for five minutes, as `OpsDeskDegraded` does, is not seen here: promtool's cases alone say of it that it stays quiet."""
PAGES_SENT_S = 300
FAULT_S = RECORDED_S + 10.0
"""Seconds that a fault lasts: what its end brings about is not looked at."""
BACKED_UP = {"opsdesk_backup_last_success_timestamp_seconds": f"0x{LEAD + RECORDED_S}"}
"""The base backup of the last night, an hour before: a site of tests has none, and its absence is an alert."""
LOOKS = range(LEAD, LEAD + RECORDED_S, 15)


async def open_ticket(site: Site, priority: str) -> None:
    """Open a ticket of the customer whose promises are seconds (critical, minor) or hours (major)."""
    wanted = {
        "kind": "incident",
        "title": f"A {priority} one",
        "description": "Something is slow.",
        "customer": CUSTOMER,
        "priority": priority,
    }
    headers = {"Authorization": f"Bearer {site.token('anna', 'ops')}"}
    async with httpx.AsyncClient(headers=headers, timeout=20) as client:
        (await client.post(f"{site.intakes[0]}/v1/tickets", json=wanted)).raise_for_status()


def close_mail_server(seconds: float) -> InjectFault:
    """Nobody listens any more, and a promise breaks about which somebody is to be woken."""

    async def close(site: Site) -> None:
        await asyncio.to_thread(site.desk.mail.kill)
        await open_ticket(site, "critical")
        await asyncio.sleep(seconds)
        await asyncio.to_thread(site.desk.mail.start)

    return close


def lock_clocks(seconds: float) -> InjectFault:
    """Somebody holds a table that deadlines need which fall due half a minute later, and nothing else does."""

    async def lock(site: Site) -> None:
        await open_ticket(site, "minor")
        await until(lambda: _has_clock_deadlines(site))
        await lock_tables("sla.clocks", seconds=seconds)(site)

    return lock


async def _is_no_page_unsent(site: Site) -> bool:
    """Whether the gauge says so, too: pages of the fault before are tried again less and less often."""
    replicas = site.replicas_of("escalation")
    async with httpx.AsyncClient() as client:
        answers = [await client.get(f"{one.management_url}/metrics") for one in replicas]
    return all("\nopsdesk_notifications_oldest_page_seconds 0.0\n" in one.text for one in answers)


async def _has_clock_deadlines(site: Site) -> bool:
    connection = await asyncpg.connect(site.admin_url)
    try:
        found = "SELECT EXISTS (SELECT FROM sla.deadlines WHERE kind = 'clock' AND due_at > now())"
        return bool(await connection.fetchval(found))
    finally:
        await connection.close()


def stop_kafka(seconds: float) -> InjectFault:
    """The broker is gone, and a ticket is opened that nobody hears of."""

    async def stop(site: Site) -> None:
        start = await kill_broker_for_good(site)
        await open_ticket(site, "major")
        await asyncio.sleep(seconds)
        await start()

    return stop


FAULTS: dict[str, tuple[Callable[[float], InjectFault], set[str]]] = {
    "mail server closed": (close_mail_server, {"OpsDeskPagesUnsent"}),
    "table locked": (lock_clocks, {"OpsDeskDeadlinesDue", "OpsDeskWorkStandsStill"}),
    "database frozen": (freeze_postgres, {"OpsDeskDatabaseAway"}),
    "Kafka stopped": (stop_kafka, {"OpsDeskEventsUnsent", "OpsDeskWorkStandsStill"}),
}


@pytest.mark.long
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_raises_the_alerts_that_it_should_and_no_other(
    one: FaultSite, name: str, tmp_path: Path
) -> None:
    inject, expected = FAULTS[name]
    program = await asyncio.to_thread(promtool, open_state())
    await one.site.wait_until_settled()
    await until(lambda: _is_no_page_unsent(one.site), seconds=PAGES_SENT_S)
    recording, _ = await asyncio.gather(
        record(one.site, METRICS, RECORDED_S), inject(FAULT_S)(one.site)
    )
    ask: tuple[Any, ...] = (program, tmp_path, recording.series() | BACKED_UP, "1s", LOOKS)
    raised = await asyncio.to_thread(raised_alerts, *ask)
    one.say(f"\n{name}: {', '.join(sorted(raised)) or 'no alert'}")
    await one.site.wait_until_settled()
    assert raised == expected
