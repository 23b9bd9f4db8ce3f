"""Reads everything that the checker wants to know: four schemas and the main topics."""

import json
from typing import Any

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from tests.faults.checker import Firing, History, Opening, SentEvent, Stored

MAIN = (
    "opsdesk.tickets",
    "opsdesk.clocks",
    "opsdesk.escalations",
    "opsdesk.deliveries",
)
SCHEMAS = ("intake", "sla", "escalation", "delivery_gate")


async def history(admin_url: str, kafka: str, openings: list[Opening]) -> History:
    """All that can be known after a run. Call it once the system is at rest."""
    connection = await asyncpg.connect(admin_url)
    try:
        events, sequences = await _stable_history(connection, kafka)
        return History(
            openings=openings,
            tickets=await _tickets(connection, openings),
            clocks=[
                (str(row["ticket_id"]), row["metric"])
                for row in await connection.fetch("SELECT ticket_id, metric FROM sla.clocks")
            ],
            firings=await _firings(connection),
            events=events,
            sequences=sequences,
            unsent={schema: await _count(connection, f"{schema}.outbox") for schema in SCHEMAS},
            parked=sum([await _count(connection, f"{schema}.parked") for schema in SCHEMAS]),
            dead=sum([await _count(connection, f"{schema}.dead_letters") for schema in SCHEMAS]),
            lost=await _lost(connection),
        )
    finally:
        await connection.close()


async def _stable_history(connection: Any, kafka: str) -> tuple[list[SentEvent], dict[str, int]]:
    """Topics and rows of one and the same state: read again where something moved meanwhile."""
    while True:
        before = await _sequences(connection)
        events = await read_records(kafka, MAIN)
        if before == await _sequences(connection):
            return events, before


async def _tickets(connection: Any, openings: list[Opening]) -> list[Stored]:
    """Tickets with the key that asked for them: its own title says it, whoever was answered what."""
    rows = await connection.fetch("SELECT id, title FROM intake.tickets")
    return [
        Stored(str(row["id"]), row["title"].removeprefix("Load "))
        for row in rows
        if row["title"].startswith("Load ")
    ]


async def _firings(connection: Any) -> list[Firing]:
    found = []
    for schema in SCHEMAS:
        rows = await connection.fetch(
            f"SELECT subject, kind, due_at, fired_at FROM {schema}.firings"
        )
        found += [
            Firing(str(r["subject"]), f"{schema} {r['kind']}", r["due_at"], r["fired_at"])
            for r in rows
        ]
    return found


async def _sequences(connection: Any) -> dict[str, int]:
    asked = {
        "ticket": "intake.tickets",
        "clock": "sla.clocks",
        "escalation": "escalation.escalations",
        "delivery": "delivery_gate.deliveries",
    }
    return {
        f"{noun}/{row['id']}": row["sequence"]
        for noun, table in asked.items()
        for row in await connection.fetch(f"SELECT id, sequence FROM {table} WHERE sequence > 0")
    }


async def _lost(connection: Any) -> frozenset[str]:
    """Subjects that restored services list as unknown to themselves."""
    found: set[str] = set()
    for schema in SCHEMAS:
        if await connection.fetchval("SELECT to_regclass($1)", f"{schema}.lost_history") is None:
            continue  # a service of the first release has none
        rows = await connection.fetch(
            f"SELECT subject FROM {schema}.lost_history WHERE NOT is_known AND source = $1",
            f"opsdesk/{schema.replace('_', '-')}",
        )
        found |= {row["subject"] for row in rows}
    return frozenset(found)


async def _count(connection: Any, table: str) -> int:
    return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))


async def read_records(kafka: str, topics: tuple[str, ...]) -> list[SentEvent]:
    """Every record of these topics, each partition in its own order, as any client reads them."""
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.split(","), auto_offset_reset="earliest")
    await consumer.start()
    try:
        partitions = await _partitions(kafka, topics)
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        for partition in partitions:
            consumer.seek(partition, 0)
        events: list[SentEvent] = []
        at = dict.fromkeys(partitions, 0)
        while any(at[partition] < ends[partition] for partition in partitions):
            for partition, messages in (await consumer.getmany(timeout_ms=500)).items():
                events += [event for event in map(_to_event, messages) if event is not None]
                at[partition] = messages[-1].offset + 1
        return events
    finally:
        await consumer.stop()


async def _partitions(kafka: str, topics: tuple[str, ...]) -> list[TopicPartition]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.split(","))
    await admin.start()
    try:
        return [
            TopicPartition(described["topic"], partition["partition"])
            for described in await admin.describe_topics(list(topics))
            for partition in described["partitions"]
        ]
    finally:
        await admin.close()


def _to_event(message: Any) -> SentEvent | None:
    """None for what is no event at all: somebody's poison."""
    if "ce_sequence" not in dict(message.headers):
        return None
    headers = {name: value.decode() for name, value in message.headers}
    return SentEvent(
        headers["ce_source"],
        headers["ce_subject"],
        int(headers["ce_sequence"]),
        headers["ce_id"],
        headers["ce_type"],
        json.dumps(json.loads(message.value), sort_keys=True),
    )


async def unread_records(kafka: str) -> list[str]:
    """Where a service's group has not committed everything that the topics hold, and how far it is."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.split(","))
    await admin.start()
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.split(","))
    await consumer.start()
    try:
        found = []
        for service in ("sla", "escalation", "delivery-gate"):
            committed = await admin.list_consumer_group_offsets(f"opsdesk.{service}")
            ends = await consumer.end_offsets(list(committed))
            found += [
                f"{service} at {offset.offset} of {ends[one]} in {one.topic}/{one.partition}"
                for one, offset in committed.items()
                if offset.offset < ends[one]
            ]
        return found
    except GroupCoordinatorNotAvailableError:
        # A broker that has just started has none yet: ask again.
        return ["no coordinator of the groups"]
    finally:
        await consumer.stop()
        await admin.close()


async def has_applied_everything(admin_url: str, kafka: str) -> bool:
    """Whether every service's own offsets have reached the ends of its topics: Kafka's do not go back."""
    connection = await asyncpg.connect(admin_url)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.split(","))
    await consumer.start()
    try:
        for schema in ("sla", "escalation", "delivery_gate"):
            rows = await connection.fetch(f"SELECT * FROM {schema}.consumed_offsets")
            stored = {TopicPartition(row["topic"], row["partition"]): row["offset"] for row in rows}
            ends = await consumer.end_offsets(list(stored))
            if any(stored[partition] < end for partition, end in ends.items()):
                return False
        return True
    finally:
        await consumer.stop()
        await connection.close()
