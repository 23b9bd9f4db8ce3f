"""The relay from the outbox to Kafka: one leader per service reads rows, sends them, deletes them.

The leader holds an advisory lock on its own connection and loses the lead with the connection. A
leader that does not know it yet sends duplicates at worst, which the inbox drops. It deletes exactly
the ids that it read and that were acknowledged: deleting ranges and id cursors lost 5 % and 26 % of
the events in a measurement.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg
from aiokafka.errors import KafkaError

from common.messaging.kafka import Kafka
from common.messaging.publisher import PartialPublishError, Publisher
from common.persistence.database import Database
from common.telemetry import logger, metrics

log = logger(__name__)

MAX_BATCH_ROWS = 2000
POLL_INTERVAL_S = 0.1
"""Seconds between looks. The wake-up only makes it faster."""
PAUSE_PER_ROW_S = 0.001
MAX_PAUSE_S = 0.01
"""Seconds of pause for each row sent: under load more rows share a round, which otherwise takes a
third of the throughput of creating tickets; a single event is hardly delayed."""
STANDBY_INTERVAL_S = 0.5
"""Seconds between tries for the lead; a new leader follows within 2 s."""
KEY_HOLD_INTERVAL = "5 minutes"
"""How long a key is held whose record Kafka refuses for good; other keys go on."""

_SELECT_UNSENT = f"""
    SELECT id, event_id, topic, key, type, source, subject, sequence, at, traceparent, body
    FROM outbox o
    WHERE NOT EXISTS (
        SELECT 1 FROM outbox held WHERE held.held_until > statement_timestamp()
        AND held.topic = o.topic AND held.key = o.key)
    ORDER BY id LIMIT {MAX_BATCH_ROWS}
"""


class Relay:
    """The relay of one replica. `trouble` says what is wrong, else None."""

    def __init__(self, database: Database, kafka: Kafka) -> None:
        self.database = database
        self.kafka = kafka
        self.trouble: str | None = "relay: not started"
        self.is_leader = False
        self._wake = asyncio.Event()
        self._notify = asyncio.Event()
        database.on_outbox_events.append(self.wake)

    @property
    def _channel(self) -> str:
        return f"outbox_{self.database.schema}"

    def wake(self) -> None:
        """Send committed events now, or notify the leader of them."""
        (self._wake if self.is_leader else self._notify).set()

    async def run(self) -> None:
        """Send events as long as the service runs; take over when the leader is gone."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._notify_leader())
            group.create_task(self._keep_connected())

    async def _keep_connected(self) -> None:
        while True:
            try:
                connection = await self.database.dedicated_connection()
            except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                self.trouble = f"relay: no database ({type(error).__name__})"
                await asyncio.sleep(STANDBY_INTERVAL_S)
                continue
            try:
                await self._wait_for_lead(connection)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self.trouble = f"relay: lost the database ({type(error).__name__})"
                log.warning("relay.database_lost", error=type(error).__name__)
                await asyncio.sleep(STANDBY_INTERVAL_S)
            finally:
                self._set_leader(False)
                connection.terminate()

    async def _wait_for_lead(self, connection: Any) -> None:
        self.trouble = None
        try_lock = "SELECT pg_try_advisory_lock(hashtext('opsdesk relay'), hashtext($1))"
        while not await connection.fetchval(try_lock, self.database.schema):  # noqa: ASYNC110 - the lock is in PostgreSQL
            await asyncio.sleep(STANDBY_INTERVAL_S)
        self._set_leader(True)
        log.info("relay.leads")
        # A deletion need not be durable: after a crash the event is sent again and the inbox drops
        # it. A flush to disk each round would slow down those who commit new events.
        await connection.execute("SET synchronous_commit = off")
        await connection.add_listener(self._channel, lambda *_: self._wake.set())
        while True:
            await self._publish_until_failure(connection)

    def _set_leader(self, is_leader: bool) -> None:
        self.is_leader = is_leader
        metrics.RELAY_IS_LEADER.set(is_leader)

    async def _publish_until_failure(self, connection: Any) -> None:
        """Send with one producer until it fails; after a failure it is not used again."""
        publisher = Publisher(self.kafka)
        try:
            await publisher.start()
            while True:
                await self._publish_round(connection, publisher)
                self.trouble = None
        except (KafkaError, TimeoutError, OSError) as error:
            # These may mean a lost database, too: then this raises, and the lead ends.
            await connection.execute("SELECT 1")
            self.trouble = f"relay: Kafka does not take events ({type(error).__name__})"
            log.warning("relay.kafka_failed", error=type(error).__name__)
            await asyncio.sleep(0.5)
        finally:
            metrics.PRODUCER_RECREATED.inc()
            await publisher.discard()

    async def _publish_round(self, connection: Any, publisher: Publisher) -> None:
        self._wake.clear()
        unsent = await connection.fetch(_SELECT_UNSENT)
        if unsent:
            await self._publish_rows(connection, publisher, unsent)
            if len(unsent) < MAX_BATCH_ROWS:
                await asyncio.sleep(min(MAX_PAUSE_S, PAUSE_PER_ROW_S * len(unsent)))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_INTERVAL_S):
                await self._wake.wait()

    async def _publish_rows(
        self, connection: Any, publisher: Publisher, unsent: Sequence[Any]
    ) -> None:
        try:
            sent = await publisher.publish(unsent)
        except PartialPublishError as partial:
            await _delete_sent(connection, partial.sent)
            for row, problem in partial.rejected:
                await _hold_key(connection, row, problem)
            if partial.cause is not None:
                raise partial.cause from None
            return
        await _delete_sent(connection, sent)

    async def _notify_leader(self) -> None:
        """Notify the leader in another process: one NOTIFY for many commits, in none of them."""
        while True:
            await self._notify.wait()
            try:
                connection = await self.database.dedicated_connection()
            except (OSError, TimeoutError, asyncpg.PostgresError):
                await asyncio.sleep(STANDBY_INTERVAL_S)
                continue
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                while not self.is_leader:
                    await self._notify.wait()
                    self._notify.clear()
                    await connection.execute(f"NOTIFY {self._channel}")
            connection.terminate()
            self._notify.clear()


async def _delete_sent(connection: Any, ids: Sequence[int]) -> None:
    metrics.RELAY_PUBLISHED.inc(len(ids))
    if ids:
        await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", list(ids))


async def _hold_key(connection: Any, row: Any, problem: str) -> None:
    log.error("relay.record_refused", topic=row["topic"], subject=row["subject"], problem=problem)
    await connection.execute(
        f"UPDATE outbox SET held_until = statement_timestamp() + interval '{KEY_HOLD_INTERVAL}', problem = $2"
        " WHERE id = $1",
        row["id"],
        problem,
    )
