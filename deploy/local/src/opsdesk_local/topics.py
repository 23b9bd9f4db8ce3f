"""The topics of OpsDesk, created where they are missing: the same code as `python -m <service> topics apply`."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from common.messaging import topic_admin
from common.messaging.access_rules import with_prefix
from common.messaging.kafka import Kafka
from common.messaging.topics import every_topic
from common.settings_kafka import DEFAULT_TOPIC_PREFIX
from opsdesk_local.errors import LocalRunError

T = TypeVar("T")

TOPIC_PREFIX = DEFAULT_TOPIC_PREFIX
"""What the names of topics begin with, unless OPSDESK_TOPIC_PREFIX says otherwise."""


def topics_of(prefix: str) -> dict[str, int]:
    """Return the topics whose names begin with `prefix`, with their numbers of partitions."""
    return {with_prefix(name, prefix): count for name, count in every_topic().items()}


TOPICS = topics_of(TOPIC_PREFIX)


def create_topics(bootstrap: str, topics: dict[str, int] = TOPICS) -> list[str]:
    """Create missing topics (with three replicas where there are three brokers).

    Returns the names of the created ones. Raises LocalRunError where Kafka refuses one.
    """
    return run_blocking(_create_topics(bootstrap, topics))


def wait_for_brokers(
    bootstrap: str, count: int, seconds: float = 60, *, cluster_id: str | None = None
) -> None:
    """Wait until `count` brokers answer. Raises LocalRunError after `seconds`.

    Raises it as well where they are of another cluster than `cluster_id`.
    """
    run_blocking(_wait_for_brokers(bootstrap, count, seconds, cluster_id))


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, also inside a running event loop."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _create_topics(bootstrap: str, topics: dict[str, int]) -> list[str]:
    # Names are whole here: the prefix is in them already.
    kafka = Kafka(bootstrap, topic_prefix=DEFAULT_TOPIC_PREFIX)
    try:
        changes = await topic_admin.apply(kafka, topics)
    except topic_admin.TopicRefused as error:
        raise LocalRunError(f"Kafka refused the topic {error}") from None
    return [change.topic for change in changes if change.kind == "create"]


async def _wait_for_brokers(
    bootstrap: str, count: int, seconds: float, cluster_id: str | None
) -> None:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        try:
            async with _admin(bootstrap) as admin:
                cluster = await admin.describe_cluster()
                _refuse_other_cluster(bootstrap, cluster["cluster_id"], cluster_id)
                if len(cluster["brokers"]) >= count:
                    return
        except (KafkaError, OSError):
            pass
        await asyncio.sleep(0.1)
    raise LocalRunError(
        f"Kafka at {bootstrap} did not show {count} brokers within {seconds:.0f} s."
    )


def _refuse_other_cluster(bootstrap: str, found: str, expected: str | None) -> None:
    if expected is not None and found != expected:
        raise LocalRunError(
            f"At {bootstrap} another Kafka answers (cluster {found}, not {expected}): end it, or give Kafka another port with OPSDESK_PORTS."
        )


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
