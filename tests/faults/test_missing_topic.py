"""A topic that is not there holds its own events alone, is named, and gets them all once it is made."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from common.messaging.topics import MAIN_PARTITIONS
from opsdesk_local.topics import create_topics
from opsdesk_testing.waiting import until
from tests.faults.conftest import FaultSite, speaker
from tests.faults.site import Site, site
from tests.faults.snapshots import has_applied_everything

CATALOGUE, CLOCKS = "opsdesk.catalogue", "opsdesk.clocks"
RATE, SHORT_S, LONG_S = 20, 4.0, 25.0
PATIENCE_S = 60.0
TICKETS_WITHOUT_CLOCKS = """
    SELECT count(*) FROM intake.tickets t WHERE title LIKE 'Load %'
    AND NOT EXISTS (SELECT FROM sla.clocks c WHERE c.ticket_id = t.id)
"""


@pytest.fixture
async def own(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[FaultSite]:
    """A site of its own: on its clocks' topic are an agreement's events alone."""
    async with site(tmp_path) as running:
        yield FaultSite(running, speaker(request))


async def test_a_missing_topic_of_few_events_hinders_no_others(one: FaultSite) -> None:
    """The short form: the catalogue's, on which nothing is in the sites of these tests."""
    running = one.site
    await delete_empty_topic(running, CATALOGUE)
    try:
        await create_service(running)
        responses = await one.load(RATE, SHORT_S).run()
        await until(
            lambda: names(running, "sla", "relay", f"{CATALOGUE} (whole topic)"), PATIENCE_S
        )
        await until(lambda: is_zero(running, TICKETS_WITHOUT_CLOCKS), PATIENCE_S)
        assert await held_topics(running, "sla") == {CATALOGUE}
    finally:
        await make_again(running, CATALOGUE)
    await until(lambda: knows_service(running), PATIENCE_S)
    assert await one.check_history("a missing topic, short", responses) == []
    assert not [one for one in responses.failures if one[0] == "5"], responses.failures


@pytest.mark.long
async def test_a_missing_topic_of_most_events_hinders_no_others(own: FaultSite) -> None:
    """That of the clocks: tickets get their clocks all the same, and escalation hears of these later.

    What was on it has been read by all: they go on at its new beginning, not where they were.
    """
    running = own.site
    await until(
        lambda: has_applied_everything(running.admin_url, running.servers.bootstrap), PATIENCE_S
    )
    await delete_topic(running, CLOCKS)
    responses = await own.load(RATE, LONG_S).run()
    await until(lambda: names(running, "sla", "relay", f"{CLOCKS} (whole topic)"), PATIENCE_S)
    reader = f"topic {CLOCKS} does not exist"
    await until(lambda: names(running, "escalation", "consumer", reader), PATIENCE_S)
    await until(lambda: is_zero(running, TICKETS_WITHOUT_CLOCKS), PATIENCE_S)
    await until(lambda: is_zero(running, "SELECT count(*) FROM intake.outbox"), PATIENCE_S)
    assert await held_topics(running, "sla") == {CLOCKS}
    await make_again(running, CLOCKS)
    assert await own.check_history("a missing topic", responses) == []
    assert not [one for one in responses.failures if one[0] == "5"], responses.failures


async def delete_empty_topic(site: Site, topic: str) -> None:
    """Delete a topic; raises AssertionError where it has records, which would be lost."""
    consumer = AIOKafkaConsumer(bootstrap_servers=site.servers.bootstrap)
    await consumer.start()
    ends = await consumer.end_offsets(
        [TopicPartition(topic, number) for number in range(MAIN_PARTITIONS)]
    )
    await consumer.stop()
    assert not any(ends.values()), f"{topic} has records"
    await delete_topic(site, topic)


async def delete_topic(site: Site, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=site.servers.bootstrap)
    await admin.start()
    await admin.delete_topics([topic])
    await admin.close()


async def make_again(site: Site, topic: str) -> None:
    """As `python -m <service> topics apply` does."""
    created = await asyncio.to_thread(create_topics, site.servers.bootstrap)
    assert created == [topic]


async def create_service(site: Site) -> None:
    """A service of the catalogue, once sla has heard of the person who owns it."""
    headers = {"Authorization": f"Bearer {site.token('theo', 'tom')}"}
    person = {"sub": "sven", "name": "Sven", "email": "sven@ours.example", "roles": ["ops"]}
    service = {"key": "zebra", "name": "Zebra", "owner": "sven"}
    async with httpx.AsyncClient(timeout=20, headers=headers) as client:
        url = site.desk.services["intake"].url
        made = await client.post(f"{url}/v1/people", json=person)
        assert made.is_success, made.text

        async def is_catalogued() -> bool:
            url = site.desk.services["sla"].url
            answer = await client.post(f"{url}/v1/services", json=service)
            assert answer.status_code in {201, 422}, answer.text
            return answer.status_code == 201

        await until(is_catalogued, PATIENCE_S)


async def names(site: Site, service: str, component: str, words: str) -> bool:
    """Return whether a service's readiness says these words of a component, and is ready all the same."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{site.desk.services[service].management_url}/health/ready")
    return answer.status_code == 200 and words in answer.json()["degraded"].get(component, "")


async def held_topics(site: Site, schema: str) -> set[str]:
    """Return the topics whose events have waited for seconds."""
    connection = await asyncpg.connect(site.admin_url)
    rows = await connection.fetch(
        f"SELECT DISTINCT topic FROM {schema}.outbox WHERE held_by IS NOT NULL"
    )
    await connection.close()
    return {row["topic"] for row in rows}


async def is_zero(site: Site, query: str) -> bool:
    connection = await asyncpg.connect(site.admin_url)
    count = await connection.fetchval(query)
    await connection.close()
    return bool(count == 0)


async def knows_service(site: Site) -> bool:
    """Return whether escalation has heard of the service that was made meanwhile."""
    return not await is_zero(site, "SELECT count(*) FROM escalation.services WHERE key = 'zebra'")
