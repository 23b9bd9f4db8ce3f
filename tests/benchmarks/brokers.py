"""Tickets to clocks with one replica of sla against three, on three brokers: every record on two of them before it counts.

The topic is filled first, while sla is not there: tickets are accepted with Kafka out of reach, then the relay sends
them all. Then one replica and three take turns with what is left of it. A turn is measured once its
replicas have shared the partitions out, for some seconds, and with records left behind it: starting, stopping and the
last few records are not in it.

What more replicas give is bounded by the processors that they share with PostgreSQL and the brokers: the figures name
how many these are.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median

import asyncpg

from common.messaging import topic_admin
from common.messaging.kafka import Kafka
from common.messaging.topics import IN_SYNC
from opsdesk_local.installation import Installation
from opsdesk_local.roles import at_database
from opsdesk_local.service import SERVICES
from tests.benchmarks.environment import (
    open_installation,
    replica_settings,
    running_process,
    servers,
    wait_for_query,
)
from tests.benchmarks.flow import CLOCKED, UNSENT, fill_outbox, load_directory
from tests.benchmarks.result import Result
from tests.benchmarks.scale import Scale

BROKERS, REPLICAS = 3, (1, 3)
TOPIC = "opsdesk.tickets"
GROUP = "opsdesk.sla"
SETTLE_S = 1.0
"""Seconds from when the replicas have shared the partitions out until a turn is measured."""
BESIDE_S = 5.0
"""Seconds of a turn in which records are taken that do not count: its replicas start one after the other, and end."""
SPARE = 1.3
"""Tickets are accepted for so many times as long as they are consumed, so that the topic stays full."""
TIMEOUT_S = 240.0
POLL_INTERVAL_S = 0.2


@dataclass(frozen=True, slots=True)
class Topic:
    """A full topic: where sla's tickets are counted, how many there will be, and what keeps it."""

    installation: Installation
    url: str
    total: int
    replication: str


async def run(scale: Scale) -> AsyncIterator[Result]:
    with (
        servers(brokers=BROKERS) as found,
        open_installation(found, "intake", "sla") as installation,
    ):
        url = at_database(found.admin_url, installation.database)
        await load_directory(installation)
        turns = scale.rounds * len(REPLICAS)
        seconds = SPARE * turns * (SETTLE_S + scale.seconds + BESIDE_S)
        _, total = await fill_outbox(installation, seconds)
        await _send_all(installation, url)
        topic = Topic(installation, url, total, await _describe_replication(found.bootstrap))
        rates: dict[int, list[float]] = {count: [] for count in REPLICAS}
        for _ in range(scale.rounds):
            for count, measured in rates.items():
                measured.append(await _rate(topic, count, scale.seconds))
    for result in _results(topic, {count: median(measured) for count, measured in rates.items()}):
        yield result


def _results(topic: Topic, rates: dict[int, float]) -> list[Result]:
    one, several = rates[REPLICAS[0]], rates[REPLICAS[1]]
    work = f"tickets from a full topic ({topic.replication}) to clocks in sla, {os.cpu_count()} cores shared by all"
    return [
        Result(f"{work}: one replica", f"{one:,.0f}/s", "", "", "", None),
        Result(
            f"{work}: {REPLICAS[1]} replicas",
            f"{several:,.0f}/s",
            f"one replica {one:,.0f}/s",
            f"{several / one:.2f} x",
            "",
            None,
        ),
    ]


async def _send_all(installation: Installation, url: str) -> None:
    """Have the relay send what is in the outbox to the brokers, with nobody listening."""
    async with running_process(replica_settings(installation, "intake"), ready=False):
        await wait_for_query(url, UNSENT, lambda unsent: unsent == 0, seconds=TIMEOUT_S)


async def _describe_replication(bootstrap: str) -> str:
    """What Kafka says of the topic: a figure on one broker after all would say nothing."""
    async with topic_admin.admin_client(Kafka(bootstrap)) as admin:
        shape = (await topic_admin.read_topics(admin, [TOPIC]))[TOPIC]
    replication = f"{shape}, {IN_SYNC} {shape.configuration[IN_SYNC]}"
    assert shape.replicas == BROKERS, replication
    return replication


async def _rate(topic: Topic, count: int, seconds: float) -> float:
    """Tickets a second that this many replicas take, once all of them have begun."""
    connection = await asyncpg.connect(topic.url)
    clock = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(TIMEOUT_S), _running(topic.installation, count):
            await _wait_until_shared(topic.installation.kafka, count)
            await asyncio.sleep(SETTLE_S)
            first, began = await connection.fetchval(CLOCKED), clock.time()
            await asyncio.sleep(seconds)
            last, ended = await connection.fetchval(CLOCKED), clock.time()
    finally:
        await connection.close()
    if last >= topic.total:
        raise RuntimeError("the topic was emptied before the end of a turn: fill it more")
    return float(last - first) / (ended - began)


async def _wait_until_shared(bootstrap: str, count: int) -> None:
    """Wait until the group has so many members, and each its partitions."""
    async with topic_admin.admin_client(Kafka(bootstrap)) as admin:
        while True:
            (answer,) = await admin.describe_consumer_groups([GROUP])
            (group,) = answer.to_object()["groups"]
            if group["state"] == "Stable" and len(group["members"]) == count:
                return
            await asyncio.sleep(POLL_INTERVAL_S)


@asynccontextmanager
async def _running(installation: Installation, count: int) -> AsyncIterator[None]:
    """So many replicas of sla, started and ended together."""
    service = next(one for one in SERVICES if one.name == "sla")
    replicas = [installation.replica(service, f"sla-{n + 1}-of-{count}") for n in range(count)]
    try:
        await asyncio.gather(*(asyncio.to_thread(one.launch) for one in replicas))
        yield
    finally:
        await asyncio.gather(*(asyncio.to_thread(one.stop) for one in replicas))
