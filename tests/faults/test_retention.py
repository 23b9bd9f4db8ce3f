"""A consumer that slept for longer than Kafka keeps records: what it missed is told, and it goes on."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from common.messaging.topics import MAIN_PARTITIONS
from opsdesk_testing.waiting import until
from tests.faults.conftest import FaultSite, speaker
from tests.faults.site import Site, site

RATE, SECONDS = 30, 5.0
TOPIC = "opsdesk.tickets"
MISSED = re.compile(
    r'^opsdesk_consumer_records_missed_total\{.*topic="opsdesk.tickets".*\} (\S+)$', re.MULTILINE
)


@pytest.fixture
async def short_retention(
    tmp_path: Path, request: pytest.FixtureRequest
) -> AsyncIterator[FaultSite]:
    """A site of its own: its topics do not have the whole history afterwards."""
    async with site(tmp_path) as running:
        yield FaultSite(running, speaker(request))


@pytest.mark.long
async def test_what_retention_took_from_a_sleeping_consumer_is_told(
    short_retention: FaultSite,
) -> None:
    one, running = short_retention, short_retention.site
    await one.load(RATE, SECONDS).run()
    await running.wait_until_settled()
    sla = running.desk.services["sla"]
    await asyncio.to_thread(sla.stop)
    await one.load(RATE, SECONDS).run()
    await until(lambda: is_sent(running), 30)
    before = await end_offsets(running)
    clocks_before = await count_clocks(running)
    await delete_records(running, before)
    await asyncio.to_thread(sla.start)
    await until(lambda: reports_missed(sla.management_url), 60)
    after = await one.load(RATE, SECONDS).run()
    opened = {opening.ticket for opening in after.openings if opening.ticket}
    await until(lambda: have_clocks(running, opened), 60)
    missed = await count_missed(sla.management_url)
    one.say(f"\nretention: {missed:.0f} records missed, {len(opened)} tickets after them in order")
    assert 0 < missed <= sum(before.values())
    assert await count_clocks(running) == clocks_before + 2 * len(opened)


async def is_sent(site: Site) -> bool:
    connection = await asyncpg.connect(site.admin_url)
    waiting = await connection.fetchval("SELECT count(*) FROM intake.outbox")
    await connection.close()
    return bool(waiting == 0)


async def count_clocks(site: Site) -> int:
    connection = await asyncpg.connect(site.admin_url)
    count = await connection.fetchval("SELECT count(*) FROM sla.clocks")
    await connection.close()
    return int(count)


async def have_clocks(site: Site, tickets: set[str]) -> bool:
    connection = await asyncpg.connect(site.admin_url)
    count = await connection.fetchval(
        "SELECT count(DISTINCT ticket_id) FROM sla.clocks WHERE ticket_id = ANY($1::uuid[])",
        list(tickets),
    )
    await connection.close()
    return bool(count == len(tickets))


async def count_missed(url: str) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"{url}/metrics")).text
    return sum(float(number) for number in MISSED.findall(text))


async def reports_missed(url: str) -> bool:
    return await count_missed(url) > 0


async def end_offsets(site: Site) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=site.servers.bootstrap)
    await consumer.start()
    partitions = [TopicPartition(TOPIC, number) for number in range(MAIN_PARTITIONS)]
    ends = await consumer.end_offsets(partitions)
    await consumer.stop()
    return dict(ends)


async def delete_records(site: Site, before: dict[TopicPartition, int]) -> None:
    """Delete all records, as the retention of the topic does."""
    admin = AIOKafkaAdminClient(bootstrap_servers=site.servers.bootstrap)
    await admin.start()
    await admin.delete_records(
        {partition: RecordsToDelete(offset) for partition, offset in before.items()}
    )
    await admin.close()
