"""`evidence verify --published`: the heads on Kafka know what the owner of the database rewrote (R16)."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import text

from common.events.evidence import EvidenceAnchored
from common.messaging.kafka import Kafka
from common.messaging.relay import Relay
from common.persistence.database import Database
from opsdesk_testing.protocol import freeze_time
from opsdesk_testing.waiting import run_until_exit, until
from sla.evidence.anchors import publish_head
from sla.evidence.published import read_published_heads
from sla_support.facts import WRITTEN_AT, owner_connection, seal, write_facts

pytestmark = pytest.mark.thorough

HOUR = timedelta(hours=1)
Ended = tuple[int, str]


@pytest.fixture
async def own_kafka(kafka: Kafka) -> AsyncIterator[Kafka]:
    """The broker, with a topic of evidence that this test alone writes to."""
    own = replace(kafka, topic_prefix=f"test-{uuid4().hex[:8]}")
    topic = own.topic(EvidenceAnchored.topic)
    admin = AIOKafkaAdminClient(**own.options())
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=2, replication_factor=1)])
    yield own
    await admin.delete_topics([topic])
    await admin.close()


@pytest.fixture
def settings(database: Database, own_kafka: Kafka) -> Mapping[str, str]:
    """The environment of the command on this database and this broker."""
    return {
        "PATH": os.environ["PATH"],
        "OPSDESK_ENVIRONMENT": "test",
        "OPSDESK_DATABASE_URL": database.url,
        "OPSDESK_KAFKA_BOOTSTRAP_SERVERS": own_kafka.servers,
        "OPSDESK_TOPIC_PREFIX": own_kafka.topic_prefix,
        "OPSDESK_ISSUER": "https://issuer.example",
        "OPSDESK_JWKS_URL": "unused",
    }


@pytest.fixture
async def heads(database: Database, own_kafka: Kafka) -> list[str]:
    """The heads of two hours, each published on Kafka in its hour."""
    await write_facts(database)
    await seal(database)
    published = []
    async with run_until_exit(Relay(database, own_kafka)):
        for hours in (0, 1):
            await freeze_time(database, WRITTEN_AT + hours * HOUR)
            async with database.transaction() as tx:
                anchor = await publish_head(tx)
            assert anchor is not None
            published.append(anchor.head)
            await until(lambda: _is_sent(database))
    return published


async def _is_sent(database: Database) -> bool:
    async with database.transaction() as tx:
        waiting = "SELECT count(*) FROM outbox WHERE topic = 'opsdesk.evidence'"
        return not await tx.scalar(text(waiting))


async def verify(settings: Mapping[str, str], *options: str) -> Ended:
    """Run `python -m sla evidence verify` as an operator does; its exit code and what it says."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sla", "evidence", "verify", *options),
        env=dict(settings),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


async def rewrite_everything(owner_url: str, database: Database) -> None:
    """What the owner of the database can do: facts, versions, seals and anchors in one piece."""
    owner = await owner_connection(owner_url)
    await owner.execute("ALTER TABLE review_minutes DISABLE TRIGGER USER")
    await owner.execute("UPDATE review_minutes SET text = 'Nothing' WHERE number = 1")
    await owner.execute("ALTER TABLE review_minutes ENABLE TRIGGER USER")
    await owner.execute(
        'UPDATE fact_versions SET body = body || \'{"text": "Nothing"}\''
        " WHERE relation = 'review_minutes' AND body ->> 'number' = '1'"
    )
    await owner.execute("DELETE FROM fact_seals")
    await owner.execute("DELETE FROM fact_anchors")
    await owner.close()
    await seal(database)


async def test_each_hours_head_is_on_kafka_and_in_the_chain(
    heads: list[str], own_kafka: Kafka, settings: Mapping[str, str]
) -> None:
    assert await read_published_heads(own_kafka) == heads
    code, output = await verify(settings, "--published")
    assert code == 0, output


async def test_a_chain_that_was_written_anew_is_named_by_the_published_heads(
    heads: list[str], settings: Mapping[str, str], owner_url: str, database: Database
) -> None:
    """The database alone is whole again: what was published is not in it"""
    await rewrite_everything(owner_url, database)
    code, output = await verify(settings)
    assert code == 0, output
    code, output = await verify(settings, "--published")
    assert code == 1
    named = [head for head in heads if head in output]
    assert named == heads, output


async def test_without_kafka_nothing_is_said_to_be_whole(
    database: Database, settings: Mapping[str, str]
) -> None:
    await write_facts(database)
    await seal(database)
    code, output = await verify({**settings, "OPSDESK_TOPIC_PREFIX": "nobody-here"}, "--published")
    assert code == 1
    assert "The topic opsdesk.evidence cannot be read" in output
    assert "nothing was compared" in " ".join(output.split())
