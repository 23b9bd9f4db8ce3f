"""Ways to break a site while it works, each of which mends it again."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.faults.site import Site
from tests.faults.snapshots import MAIN

DOWNTIME_S = 1.5
"""Seconds that what was killed stays dead."""
DUPLICATE_HEADER = "x-delivered-twice"

InjectFault = Callable[[Site], Awaitable[None]]


def kill_service(name: str) -> InjectFault:
    async def kill(site: Site) -> None:
        process = site.desk.services[name]
        process.kill()
        await asyncio.sleep(DOWNTIME_S)
        await asyncio.to_thread(process.start)

    return kill


async def kill_every_service(site: Site) -> None:
    """One after the other."""
    for name in site.desk.services:
        await kill_service(name)(site)


async def kill_broker(site: Site) -> None:
    assert site.servers.kafka is not None
    broker = site.servers.kafka.brokers[0]
    await asyncio.to_thread(broker.kill)
    await asyncio.sleep(DOWNTIME_S)
    await asyncio.to_thread(broker.start)


async def kill_postgres(site: Site) -> None:
    assert site.servers.postgres is not None
    await asyncio.to_thread(site.servers.postgres.kill)
    await asyncio.sleep(DOWNTIME_S)
    await asyncio.to_thread(site.servers.postgres.start)


async def kill_relay_leader(site: Site) -> None:
    """The replica of intake that relays: the other one takes over."""
    for process in site.replicas_of("intake"):
        if await _is_leader(process.url):
            process.kill()
            await asyncio.sleep(2 * DOWNTIME_S)
            await asyncio.to_thread(process.start)
            return
    raise AssertionError("no replica of intake leads")


async def _is_leader(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        return "\nopsdesk_relay_is_leader 1.0" in (await client.get(f"{url}/metrics")).text


async def slow_down_handlers(site: Site) -> None:
    """Somebody holds sla's clocks for a while: every handler that wants one is slow."""
    connection = await asyncpg.connect(site.admin_url)
    async with connection.transaction():
        await connection.execute("LOCK TABLE sla.clocks IN EXCLUSIVE MODE")
        await asyncio.sleep(4)
    await connection.close()


async def publish_undecodable_records(site: Site) -> None:
    """On each topic: no headers at all, headers that lie, a body that fits nothing."""
    producer = AIOKafkaProducer(bootstrap_servers=site.servers.bootstrap)
    await producer.start()
    for topic in MAIN:
        await producer.send_and_wait(topic, b"\xff\x00 no event", key=b"poison")
        headers = [("ce_id", b"no uuid"), ("ce_type", b"x"), ("ce_source", b"x")]
        await producer.send_and_wait(topic, b"{}", key=b"poison", headers=headers)
    await producer.stop()


async def deliver_everything_twice(site: Site) -> None:
    """Writes every record a second time behind the first, for as long as the task lives."""
    servers = site.servers.bootstrap
    consumer = AIOKafkaConsumer(*MAIN, bootstrap_servers=servers, group_id="doubler")
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await consumer.start()
    await producer.start()
    try:
        async for record in consumer:
            if DUPLICATE_HEADER not in dict(record.headers):
                await producer.send_and_wait(
                    record.topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=[*record.headers, (DUPLICATE_HEADER, b"1")],
                )
    finally:
        await consumer.stop()
        await producer.stop()


async def start_without_kafka(site: Site) -> None:
    """Every service starts while there is no broker; the broker comes later."""
    assert site.servers.kafka is not None
    broker = site.servers.kafka.brokers[0]
    await asyncio.to_thread(broker.kill)
    for process in site.desk.services.values():
        process.kill()
    for process in site.desk.services.values():
        process.launch()
    await asyncio.sleep(4 * DOWNTIME_S)
    await asyncio.to_thread(broker.start)
    for process in site.desk.services.values():
        await asyncio.to_thread(process.wait_ready)
