"""examples/analytics: a DuckDB file made of the topics, that loses nothing and counts nothing twice when it is killed."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from warehouse import Record, Warehouse

from common.messaging.kafka import Kafka
from common.messaging.topic_admin import admin_client
from common.persistence.ids import uuid7

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/contracts/golden"
PROGRAM = ROOT / "examples/analytics/listen.py"
PATIENCE_S = 120.0
TICKETS, BATCH = 3000, 200


def event(name: str, subject: str, sequence: int, **body: Any) -> dict[str, Any]:
    """A golden record, of another subject and with other facts in it."""
    text = (GOLDEN / f"opsdesk.{name}.v1.json").read_text(encoding="utf-8")
    golden: dict[str, Any] = json.loads(text)
    golden["headers"] |= {"ce_subject": subject, "ce_sequence": str(sequence)}
    golden["body"] |= body
    return golden


def life(key: str, ticket: str, clock: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What intake and sla tell of a ticket that was resolved, opened again and closed, and of its late promise."""
    about = {"ticket_id": ticket, "ticket": key}
    of_ticket, of_clock = f"ticket/{ticket}", f"clock/{clock}"
    ticket_events = [
        event("ticket.opened", of_ticket, 1, state="new", **about),
        event(
            "ticket.resolved", of_ticket, 2, state="resolved", at="2026-03-03T10:00:00Z", **about
        ),
        event("ticket.reopened", of_ticket, 3, state="reopened", **about),
        event(
            "ticket.resolved", of_ticket, 4, state="resolved", at="2026-03-04T10:00:00Z", **about
        ),
        event("ticket.closed", of_ticket, 5, state="closed", at="2026-03-05T10:00:00Z", **about),
    ]
    promised = [
        event("clock.started", of_clock, 1, clock_id=clock, **about),
        event("clock.breached", of_clock, 2, clock_id=clock, **about),
        event("clock.missed", of_clock, 3, clock_id=clock, **about),
    ]
    return ticket_events, promised


@pytest.fixture
async def prefix(kafka: Kafka) -> AsyncIterator[str]:
    """What the names of two topics of our own begin with."""
    name = f"analytics-{uuid7()}"
    topics = [f"{name}.tickets", f"{name}.clocks"]
    async with admin_client(kafka) as admin:
        await admin.create_topics([NewTopic(topic, 3, 1) for topic in topics])
        yield name
        await admin.delete_topics(topics)


async def publish(kafka: Kafka, topic: str, records: Sequence[dict[str, Any]]) -> None:
    async with AIOKafkaProducer(**kafka.options()) as producer:
        for one in records:
            headers = [(name, value.encode()) for name, value in one["headers"].items()]
            key = one["body"]["ticket_id"].encode()
            await producer.send(topic, json.dumps(one["body"]).encode(), key=key, headers=headers)
        await producer.flush()


async def listen(kafka: Kafka, prefix: str, file: Path, *words: str, lines: int = 0) -> int:
    """Run the example to its end, or kill it once it has printed so many lines. Returns the exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(PROGRAM), str(file), "--prefix", prefix, *words),
        stdout=PIPE,
        env={**os.environ, "KAFKA": kafka.servers},
    )
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_S):
        if lines:
            for _ in range(lines):
                assert await process.stdout.readline(), "it ended by itself"
            process.kill()
        await process.stdout.read()
        return await process.wait()


def rows(file: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as opened:
        return opened.execute(query).fetchall()


async def test_a_table_is_made_of_what_the_topics_tell(
    kafka: Kafka, prefix: str, tmp_path: Path
) -> None:
    ticket_events, promised = life("OPS-7", str(uuid7()), str(uuid7()))
    forged = event("ticket.closed", ticket_events[0]["headers"]["ce_subject"], 9, state="forged")
    forged["headers"]["ce_source"] = "opsdesk/sla"
    unknown = event("ticket.closed", ticket_events[0]["headers"]["ce_subject"], 10, state="unknown")
    unknown["headers"]["ce_type"] = "opsdesk.weather.changed.v1"
    # Twice, as a relay that was killed tells it; and words that do not count.
    await publish(kafka, f"{prefix}.tickets", [*ticket_events, *ticket_events, forged, unknown])
    await publish(kafka, f"{prefix}.clocks", [*promised, promised[0]])
    file = tmp_path / "warehouse.duckdb"
    assert await listen(kafka, prefix, file, "--until-now") == 0
    assert rows(file, "SELECT count(*) FROM facts") == [(8,)]
    assert rows(
        file,
        "SELECT ticket, state, reopened, resolved_at::DATE::VARCHAR, closed_at::DATE::VARCHAR FROM tickets",
    ) == [("OPS-7", "closed", 1, "2026-03-04", "2026-03-05")]
    assert rows(
        file, "SELECT ticket, metric, outcome, elapsed_seconds, overrun_seconds FROM promises"
    ) == [("OPS-7", "first_response", "missed", 6480, 6480)]
    assert rows(file, "SELECT promises, kept, share_kept FROM punctuality") == [(1, 0, 0.0)]
    columns = rows(file, "SELECT column_name FROM information_schema.columns")
    assert not {"title", "by", "assignee"} & {name for (name,) in columns}


async def test_killed_and_started_again_it_has_each_event_once(
    kafka: Kafka, prefix: str, tmp_path: Path
) -> None:
    lives = [life(f"OPS-{n}", str(uuid7()), str(uuid7())) for n in range(TICKETS // 8)]
    await publish(
        kafka, f"{prefix}.tickets", [one for ticket_events, _ in lives for one in ticket_events]
    )
    await publish(kafka, f"{prefix}.clocks", [one for _, promised in lives for one in promised])
    file, whole = tmp_path / "warehouse.duckdb", TICKETS // 8 * 8
    for _ in range(3):
        await listen(kafka, prefix, file, "--batch", str(BATCH), lines=2)
        [(facts,)] = rows(file, "SELECT count(*) FROM facts")
        [(read,)] = rows(file, "SELECT sum(next_offset) FROM positions")
        assert 0 < facts < whole, "it was killed on its way"
        assert facts == read, "what was read, and how far, are stored together"
    assert await listen(kafka, prefix, file, "--until-now") == 0
    assert rows(file, "SELECT count(*), count(DISTINCT subject) FROM facts") == [
        (whole, whole // 4)
    ]
    assert rows(file, "SELECT count(*) FROM tickets WHERE state = 'closed'") == [(len(lives),)]
    assert rows(file, "SELECT count(*) FROM promises WHERE outcome = 'missed'") == [(len(lives),)]


def test_a_batch_that_fails_leaves_neither_facts_nor_positions(tmp_path: Path) -> None:
    def record(offset: int, **body: Any) -> Record:
        one = event("ticket.opened", f"ticket/{offset}", 1, **body)
        headers = one["headers"]
        return Record("opsdesk.tickets", 0, offset, headers["ce_type"], headers["ce_source"],
                      headers["ce_subject"], 1, one["body"])  # fmt: skip

    warehouse = Warehouse(tmp_path / "warehouse.duckdb")
    warehouse.apply([record(0)])
    with pytest.raises(duckdb.Error):
        warehouse.apply([record(1), record(2, at="no instant at all")])
    assert warehouse.positions() == {("opsdesk.tickets", 0): 1}
    warehouse.apply([record(1)])
    warehouse.close()
    assert rows(tmp_path / "warehouse.duckdb", "SELECT count(*) FROM facts") == [(2,)]
