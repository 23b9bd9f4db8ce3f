"""Ways to break a site while it works, each of which mends it again."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from opsdesk_local.processes import processes_in
from tests.faults.site import Site
from tests.faults.snapshots import MAIN

DOWNTIME_S = 1.5
"""Seconds that what was killed stays dead."""
READERS = 30
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
    start = await kill_broker_for_good(site)
    await asyncio.sleep(DOWNTIME_S)
    await start()


async def kill_broker_for_good(site: Site) -> Callable[[], Awaitable[None]]:
    """Kill it. Returns what starts it again."""
    assert site.servers.kafka is not None
    broker = site.servers.kafka.brokers[0]
    await asyncio.to_thread(broker.kill)
    return partial(asyncio.to_thread, broker.start)


async def kill_postgres(site: Site) -> None:
    assert site.servers.postgres is not None
    await asyncio.to_thread(site.servers.postgres.kill)
    await asyncio.sleep(DOWNTIME_S)
    await asyncio.to_thread(site.servers.postgres.start)


async def kill_relay_leader(site: Site) -> None:
    """The replica of intake that relays: the other one takes over."""
    for process in site.replicas_of("intake"):
        if await _is_leader(process.management_url):
            process.kill()
            await asyncio.sleep(2 * DOWNTIME_S)
            await asyncio.to_thread(process.start)
            return
    raise AssertionError("no replica of intake leads")


async def _is_leader(url: str) -> bool:
    async with httpx.AsyncClient() as client:
        return "\nopsdesk_relay_is_leader 1.0" in (await client.get(f"{url}/metrics")).text


@contextmanager
def frozen(find_processes: Callable[[], list[int]]) -> Iterator[None]:
    """Stop processes with SIGSTOP, like a machine that hangs; also those that they start meanwhile."""
    stopped: list[int] = []
    try:
        while fresh := [pid for pid in find_processes() if pid not in stopped]:
            for pid in fresh:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            stopped += fresh
        yield
    finally:
        for pid in reversed(stopped):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def freeze_broker(seconds: float) -> InjectFault:
    async def freeze(site: Site) -> None:
        assert site.servers.kafka is not None
        child = site.servers.kafka.brokers[0].child
        assert child is not None
        with frozen(lambda: [child.pid]):
            await asyncio.sleep(seconds)

    return freeze


def freeze_postgres(seconds: float) -> InjectFault:
    """The server and all its backends."""

    async def freeze(site: Site) -> None:
        postgres = site.servers.postgres
        assert postgres is not None
        with frozen(lambda: processes_in(postgres.data)):
            await asyncio.sleep(seconds)

    return freeze


def lock_tables(*tables: str, seconds: float) -> InjectFault:
    """Somebody locks tables against everybody, readers too."""

    async def lock(site: Site) -> None:
        connection = await asyncpg.connect(site.admin_url)
        while not await _locked(connection, tables, seconds):
            pass
        await connection.close()

    return lock


async def _locked(connection: Any, tables: Sequence[str], seconds: float) -> bool:
    """Hold the locks for so long; False where somebody else's locks crossed ours."""
    try:
        async with connection.transaction():
            await connection.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            await asyncio.sleep(seconds)
    except asyncpg.DeadlockDetectedError:
        return False
    return True


def exhaust_lists(seconds: float) -> InjectFault:
    """Thirty people ask for waivers again and again, while somebody holds their table."""

    async def exhaust(site: Site) -> None:
        url = f"{site.desk.services['sla'].url}/v1/waivers"
        headers = {"Authorization": f"Bearer {site.token('gina', 'gm')}"}
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            readers = [asyncio.create_task(_ask_forever(client, url)) for _ in range(READERS)]
            await lock_tables("sla.waivers", seconds=seconds)(site)
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)

    return exhaust


async def _ask_forever(client: httpx.AsyncClient, url: str) -> None:
    while True:
        with suppress(httpx.TransportError):
            await client.get(url)


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
        while True:
            records = await consumer.getmany(timeout_ms=500)
            for record in (one for part in records.values() for one in part):
                if DUPLICATE_HEADER not in dict(record.headers):
                    await producer.send(
                        record.topic,
                        record.value,
                        key=record.key,
                        partition=record.partition,
                        headers=[*record.headers, (DUPLICATE_HEADER, b"1")],
                    )
            await producer.flush()
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
