"""A partition without leader holds its own events, and no others."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from common.messaging.topics import MAIN_PARTITIONS, wanted_shape
from opsdesk_testing.waiting import until
from tests.faults.conftest import SECONDS_BEFORE_FAULT, FaultSite, speaker
from tests.faults.site import Site, site

RATE, LEADERLESS_S = 30, 30.0
"""What three brokers and four services leave two cores for."""
WITHOUT_CLOCKS = """
    SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM sla.clocks c WHERE c.ticket_id = t.id))::float
        / count(*)
    FROM intake.tickets t WHERE opened_at > now() - interval '8 s'
"""


@pytest.fixture
async def lonely(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[FaultSite]:
    """Three brokers; the third alone has partition 0 of the tickets' topic, and no other of them."""
    async with site(tmp_path, brokers=3, prepare_kafka=create_topic) as running:
        yield FaultSite(running, speaker(request))


async def create_topic(kafka: str) -> None:
    """Create the topic of tickets, each partition on one broker."""
    assignments = {number: [1 + number % 2] for number in range(1, MAIN_PARTITIONS)} | {0: [3]}
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    configuration = wanted_shape(MAIN_PARTITIONS, 1).configuration
    topic = NewTopic("opsdesk.tickets", -1, -1, assignments, configuration)
    created = await admin.create_topics([topic])
    await admin.close()
    assert [code for _, code, *_ in created.topic_errors] == [0], created


@pytest.mark.long
async def test_a_partition_without_leader_holds_only_its_own_events(
    lonely: FaultSite,
) -> None:
    site = lonely.site
    assert site.servers.kafka is not None
    broker = site.servers.kafka.brokers[2]
    load = asyncio.create_task(lonely.load(RATE, LEADERLESS_S + 2 * SECONDS_BEFORE_FAULT).run())
    await asyncio.sleep(SECONDS_BEFORE_FAULT)
    await asyncio.to_thread(broker.kill)
    await until(lambda: names_partition(site), LEADERLESS_S)
    await asyncio.sleep(SECONDS_BEFORE_FAULT)  # as long as it lasts
    share = await without_clocks(site)
    await asyncio.to_thread(broker.start)
    responses = await load
    assert await lonely.check_history("1 partition without leader", responses) == []
    assert not [one for one in responses.failures if one[0] == "5"], responses.failures
    assert share < 0.25, "one partition of twelve is without leader"


async def names_partition(site: Site) -> bool:
    """Return whether intake's readiness names the partition that takes nothing."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{site.desk.services['intake'].management_url}/health/ready")
    trouble = answer.json()["degraded"].get("relay", "")
    return "opsdesk.tickets partition 0" in trouble and "partition 1" not in trouble


async def without_clocks(site: Site) -> float:
    """Return the share of the newest tickets that sla has not heard of."""
    connection = await asyncpg.connect(site.admin_url)
    share = await connection.fetchval(WITHOUT_CLOCKS)
    await connection.close()
    return float(share)
