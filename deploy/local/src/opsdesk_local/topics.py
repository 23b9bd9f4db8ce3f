"""The topics of OpsDesk, created where they are missing."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from opsdesk_local.errors import LocalRunError

T = TypeVar("T")

RETENTION_MS = 400 * 24 * 60 * 60 * 1000
# As `python -m <service> topics` creates them: the broker's clock dates the records.
CONFIGURATION = {"retention.ms": str(RETENTION_MS), "message.timestamp.type": "LogAppendTime"}
_MAIN = ("tickets", "clocks", "escalations", "deliveries", "directory", "catalogue", "evidence")
_AUDIENCES = ("ops", "tom", "gm", "dm", "po", "qc", "second-level", "partner")
_CONSUMERS = ("intake", "sla", "escalation", "delivery-gate", "console")

TOPIC_PREFIX = "opsdesk"
"""What the names of topics begin with, unless OPSDESK_TOPIC_PREFIX says otherwise."""


def topics_of(prefix: str) -> dict[str, int]:
    """Return the topics whose names begin with `prefix`, with their numbers of partitions."""
    return (
        {f"{prefix}.{name}": 12 for name in _MAIN}
        | {f"{prefix}.escalations.{name}": 1 for name in _AUDIENCES}
        | {f"{prefix}.dead-letters.{name}": 1 for name in _CONSUMERS}
    )


TOPICS = topics_of(TOPIC_PREFIX)


def create_topics(bootstrap: str, topics: dict[str, int] = TOPICS) -> list[str]:
    """Create missing topics (with three replicas where there are three brokers).

    Returns the names of the created ones.
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
    async with _admin(bootstrap) as admin:
        replicas = min(3, len(await _brokers(admin)))
        missing = sorted(set(topics) - set(await admin.list_topics()))
        answer = await admin.create_topics([_topic(t, topics[t], replicas) for t in missing])
    for name, code, message in (error[:3] for error in answer.topic_errors):
        error = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise LocalRunError(f"Kafka refused the topic {name}: {error.__name__} {message or ''}")
    return missing


def _topic(name: str, partitions: int, replicas: int) -> NewTopic:
    return NewTopic(name, partitions, replicas, topic_configs=CONFIGURATION)


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


async def _brokers(admin: AIOKafkaAdminClient) -> list[Any]:
    brokers: list[Any] = (await admin.describe_cluster())["brokers"]
    return brokers


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()
