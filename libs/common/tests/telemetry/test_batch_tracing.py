"""What is worked on together stays apart in traces: each of a batch continues its own, and so does what it causes."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import text

from common.events.envelope import ReceivedEvent
from common.messaging.batch_processor import BatchProcessor
from common.messaging.inbox import Handlers, Inbox, for_each
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from common.telemetry import line_log
from common.telemetry.log_fields import COMMON, FIELDS, ONE_EACH
from common.telemetry.tracing import configure_tracing
from opsdesk_testing.ledger import NOON, Counted, Paid, lock_accounts, make_tables, paid_event
from opsdesk_testing.protocol import fire_due, freeze_time, record_of
from opsdesk_testing.waiting import until

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
TRACES = {one: f"{number}" * 32 for number, one in ((1, ONE), (2, TWO), (3, THREE))}
SAMPLED, UNSAMPLED = "01", "00"


@pytest.fixture(autouse=True)
async def _accounts(database: Database, owner_url: str) -> None:
    await make_tables(database, owner_url)
    async with database.transaction() as tx:
        for one in TRACES:
            await tx.execute(text("INSERT INTO accounts (id) VALUES (:id)"), {"id": one})
    await freeze_time(database, NOON)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    configure_tracing("ledger", None, 0.0, processor=SimpleSpanProcessor(exporter))
    yield exporter
    configure_tracing("ledger", None, 0)


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(line_log._Configured, "log", None)
    line_log.configure_line_log("ledger", "json", stream)
    return stream


async def on_paid(tx: Connection, events: Sequence[ReceivedEvent[Paid]]) -> None:
    """All at once, with a deadline for each."""
    at, accounts = events[0].at, [one.event.account for one in events]
    await publish(tx, *(OutboxEvent(Counted(at=at, account=one, amount=1), 1) for one in accounts))
    await schedule(
        tx, [Deadline("pay", UUID(int=one.int + 100), NOON, str(one)) for one in accounts]
    )


async def on_one_paid(tx: Connection, received: ReceivedEvent[Paid]) -> None:
    await on_paid(tx, [received])


async def deliver(database: Database, flags: str, handlers: Handlers) -> None:
    """Deliver an event for each account, all by one poll, each with a trace of its own."""
    records = [
        record_of(paid_event(one, 5), 1, offset=n, traceparent=f"00-{trace}-{'a' * 16}-{flags}")
        for n, (one, trace) in enumerate(TRACES.items())
    ]
    await BatchProcessor(database, Inbox("ledger", handlers)).process(records)


async def traces_of(database: Database, table: str, name: str) -> dict[str, str]:
    """The trace id of each row of a table."""
    async with database.transaction() as tx:
        rows = await tx.execute(text(f"SELECT {name} AS name, traceparent FROM {table}"))
        return {str(row.name): row.traceparent[3:35] for row in rows}


def named(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [one for one in spans.get_finished_spans() if one.name == name]


def trace_ids(found: Sequence[ReadableSpan]) -> list[str]:
    return sorted(f"{one.context.trace_id:032x}" for one in found)


@pytest.mark.parametrize("flags", [SAMPLED, UNSAMPLED])
@pytest.mark.parametrize("handler", [on_paid, for_each(on_one_paid)], ids=["at once", "for each"])
async def test_what_a_batch_causes_continues_the_trace_of_its_own_cause(
    database: Database, flags: str, handler: Any
) -> None:
    await deliver(database, flags, {Paid: handler})
    by_key = {str(one): trace for one, trace in TRACES.items()}
    assert await traces_of(database, "outbox", "key") == by_key
    later = {str(UUID(int=one.int + 100)): trace for one, trace in TRACES.items()}
    assert await traces_of(database, "deadlines", "subject") == later


async def test_each_of_a_batch_has_a_span_in_its_own_trace_and_the_batch_is_linked_to_them(
    database: Database, spans: InMemorySpanExporter
) -> None:
    configure_tracing("ledger", None, 1.0, processor=SimpleSpanProcessor(spans))
    await deliver(database, SAMPLED, {Paid: on_paid})
    each = named(spans, "ledger Paid")
    assert trace_ids(each) == sorted(TRACES.values())
    assert {(one.attributes or {})["messaging.batch.message_count"] for one in each} == {3}
    (batch,) = named(spans, "ledger Paid batch")
    assert sorted(f"{link.context.trace_id:032x}" for link in batch.links) == sorted(
        TRACES.values()
    )
    assert trace_ids([batch])[0] not in TRACES.values()


async def test_what_is_not_sampled_has_no_span(
    database: Database, spans: InMemorySpanExporter
) -> None:
    await deliver(database, UNSAMPLED, {Paid: on_paid})
    assert not spans.get_finished_spans()


async def test_a_malformed_context_stops_nobody(
    database: Database, spans: InMemorySpanExporter
) -> None:
    records = [
        record_of(paid_event(one, 5), 1, offset=n, traceparent="00-no-trace-1")
        for n, one in enumerate(TRACES)
    ]
    await BatchProcessor(database, Inbox("ledger", {Paid: on_paid})).process(records)
    assert len(set((await traces_of(database, "outbox", "key")).values())) == 1


async def test_deadlines_that_fire_together_continue_the_traces_of_what_scheduled_them(
    database: Database, spans: InMemorySpanExporter, stream: io.StringIO
) -> None:
    async def fire(tx: Connection, due: Sequence[Due], at: datetime) -> None:
        await publish(
            tx, *(OutboxEvent(Counted(at=at, account=one.subject, amount=1), 1) for one in due)
        )

    async with database.transaction() as tx:
        for one, trace in TRACES.items():
            await schedule(tx, [Deadline("pay", one, NOON)])
            await tx.execute(
                text("UPDATE deadlines SET traceparent = :context WHERE subject = :subject"),
                {"context": f"00-{trace}-{'a' * 16}-01", "subject": one},
            )
    assert await fire_due(database, {"pay": Timer(lock_accounts, fire)}) == 3
    expected = {str(one): trace for one, trace in TRACES.items()}
    assert await traces_of(database, "outbox", "key") == expected
    assert trace_ids(named(spans, "deadline pay")) == sorted(TRACES.values())
    await until(lambda: stream.getvalue().count("\n") == 3)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {one["subject"]: one["trace_id"] for one in lines} == expected
    assert {one["event"] for one in lines} == {"deadline.fired"}


async def test_each_event_that_took_effect_is_a_line_in_its_own_trace(
    database: Database, stream: io.StringIO
) -> None:
    await deliver(database, UNSAMPLED, {Paid: on_paid})
    await deliver(database, UNSAMPLED, {Paid: on_paid})  # repeated: no effect, no line
    await until(lambda: stream.getvalue().count("\n") >= 3)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(one["event"], one["key"], one["trace_id"]) for one in lines] == [
        ("event.applied", str(account), trace) for account, trace in TRACES.items()
    ]


async def test_a_line_has_the_fields_that_are_documented(
    database: Database, stream: io.StringIO
) -> None:
    line_log.log_applied("a.b.v1", "person/jan@acme.example", "jan@acme.example", 1, "")
    line_log.log_fired("pay", str(ONE), 0.001, blind=True, trace_id="")
    await until(lambda: stream.getvalue().count("\n") == 2)
    assert "jan@" not in stream.getvalue()
    for line in map(json.loads, stream.getvalue().splitlines()):
        own = [name for name in line if name not in COMMON]
        assert tuple(own) == ONE_EACH[line["event"]]
        assert set(own) <= FIELDS.keys()
