"""What waits too long is seen."""

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text

from common.messaging import queue_metrics
from common.messaging.dlq_admin import skip
from common.messaging.inbox import PermanentError
from common.messaging.outbox import OutboxEvent, publish
from common.messaging.queue_metrics import MAX_PUT_OFF, collect
from common.now import now
from common.persistence.database import Connection, Database
from common.scheduling.batch_firing import MAX_BACKOFF
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.ledger import NOON, Paid, paid_event
from opsdesk_testing.protocol import deliver, freeze_time

ONE, TWO, THREE = (UUID(int=n) for n in (1, 2, 3))
MINUTE = timedelta(minutes=1)


async def refuse(tx: Connection, events: Sequence[Any]) -> None:
    raise PermanentError("never")


async def test_unsent_parked_and_dead_are_counted(database: Database) -> None:
    async with database.transaction() as tx:
        await publish(tx, OutboxEvent(paid_event(ONE, 1), 1))
    await deliver(database, {Paid: refuse}, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    await collect(database)
    assert _gauge("opsdesk_outbox_unsent") == 2  # the payment, and the notice of the dead letter
    assert _gauge("opsdesk_parked_records") == 1
    assert _gauge("opsdesk_dead_letters_open") == 1
    assert _gauge("opsdesk_outbox_oldest_seconds") == pytest.approx(0, abs=60)


async def test_what_waits_behind_a_dead_letter_is_nobodys_page(database: Database) -> None:
    """A dead letter waits until the morning, and so does what waits behind it, for it or for its subject."""
    await deliver(database, {Paid: refuse}, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    await deliver(database, {Paid: refuse}, (paid_event(TWO, 2), 2), (paid_event(THREE, 2), 2))
    await _run(database, "UPDATE parked SET parked_at = parked_at - interval '1 hour'")
    await _wait_for(database, TWO, ONE)
    await _wait_for(database, THREE, TWO)
    await collect(database)
    assert _gauge("opsdesk_parked_records") == 3
    assert _gauge("opsdesk_parked_oldest_seconds") == 0
    async with database.transaction() as tx:
        await skip(tx, await _open_dead_letter(tx), "not needed")
    await collect(database)
    assert _gauge("opsdesk_parked_oldest_seconds") == pytest.approx(3600, abs=60)


async def test_what_waits_for_a_gap_is_seen_beside_a_dead_letter(database: Database) -> None:
    await deliver(database, {Paid: refuse}, (paid_event(ONE, 1), 1), (paid_event(ONE, 2), 2))
    await deliver(database, {Paid: refuse}, (paid_event(TWO, 2), 2))
    await _run(database, "UPDATE parked SET parked_at = parked_at - interval '1 hour'")
    await collect(database)
    assert _gauge("opsdesk_parked_oldest_seconds") == pytest.approx(3600, abs=60)


async def test_what_waits_for_a_fork_is_nobodys_page(database: Database) -> None:
    await deliver(database, {Paid: refuse}, (paid_event(TWO, 2), 2))
    await _run(database, "UPDATE parked SET parked_at = parked_at - interval '1 hour'")
    await collect(database)
    assert _gauge("opsdesk_parked_oldest_seconds") == pytest.approx(3600, abs=60)
    await _run(
        database,
        f"INSERT INTO stopped_sources (source, subject, sequence) VALUES ('{Paid.source}', 'x', 1)",
    )
    await collect(database)
    assert _gauge("opsdesk_parked_oldest_seconds") == 0


async def test_thousands_that_wait_for_a_fork_are_looked_up_and_not_compared_with_each_other(
    database: Database,
) -> None:
    """30,000 of them took the gauges a minute, as long as which they say that the database is away."""
    await _run(
        database,
        'INSERT INTO parked (source, subject, sequence, topic, partition, "offset", headers)'
        " SELECT 'away', 'account/' || n, 2, 'a.topic', 0, n, '{}' FROM generate_series(1, 3000) n",
    )
    await _run(
        database, "INSERT INTO stopped_sources (source, subject, sequence) VALUES ('away', 'x', 1)"
    )
    await collect(database)
    assert _gauge("opsdesk_parked_oldest_seconds") == 0
    select = queue_metrics._select_queues(database.schema)
    async with database.transaction() as tx:
        explained = text(f"EXPLAIN {select.text}").bindparams(*select._bindparams.values())
        plan = "\n".join(await tx.scalars(explained, {"kinds": []}))
    assert "hashed SubPlan" in plan
    assert "Join Filter" not in plan


async def test_a_deadline_that_is_due_and_does_not_fire_is_seen(database: Database) -> None:
    """Nothing fires, so nothing is late by the lags: its age says it, also while it is put off."""
    await freeze_time(database, NOON)
    deadlines = [Deadline("known", ONE, NOON + MINUTE), Deadline("unknown", TWO, NOON - MINUTE)]
    async with database.transaction() as tx:
        await schedule(tx, [*deadlines, Deadline("known", THREE, NOON + 60 * MINUTE)])
    await collect(database, ["known"])
    assert _gauge("opsdesk_deadlines_oldest_due_seconds") == 0
    await freeze_time(database, NOON + 3 * MINUTE)
    await collect(database, ["known"])
    assert _gauge("opsdesk_deadlines_oldest_due_seconds") == 120
    here = f"{database.schema}.now()"
    await _run(
        database,
        f"UPDATE deadlines SET wake_at = {here} + interval '{MAX_PUT_OFF}' WHERE due_at < {here}",
    )
    await collect(database, ["known"])
    assert _gauge("opsdesk_deadlines_oldest_due_seconds") == 120


def test_no_deadline_is_put_off_beyond_what_is_looked_at() -> None:
    assert f"{MAX_BACKOFF // MINUTE} minutes" == MAX_PUT_OFF


async def test_both_clocks_are_compared_without_anybody_asking_for_readiness(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_metrics, "now", lambda: now() - timedelta(hours=1))
    await collect(database)
    assert _gauge("opsdesk_clock_difference_seconds") == pytest.approx(-3600, abs=60)
    seen_at = _gauge("opsdesk_queues_seen_timestamp_seconds")
    assert seen_at == pytest.approx(time.time(), abs=60)


async def _run(database: Database, statement: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(text(statement))


async def _wait_for(database: Database, waiting: UUID, awaited: UUID) -> None:
    """Let the parked records of one account wait for another account."""
    await _run(
        database,
        f"UPDATE parked SET waits_source = '{Paid.source}', waits_subject = 'account/{awaited}'"
        f" WHERE subject = 'account/{waiting}'",
    )


async def _open_dead_letter(tx: Connection) -> int:
    return int(await tx.scalar(text("SELECT id FROM dead_letters WHERE settled_at IS NULL")) or 0)


def _gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name)
