"""The relay from the outbox to Kafka: one leader per service reads rows, sends them, deletes them.

The leader holds an advisory lock on its own connection and loses the lead with the connection. A
leader that does not know it yet sends duplicates at worst, which the inbox drops.
"""

import asyncio
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaError

from common.messaging.dispatcher import Dispatcher
from common.messaging.kafka import Kafka
from common.messaging.outbox_queue import MAX_BATCH_ROWS, OutboxQueue
from common.messaging.trouble import Troubles
from common.persistence.database import Database
from common.persistence.errors import CONNECTION_ERRORS, describe_error
from common.telemetry import logger, metrics

log = logger(__name__)

POLL_INTERVAL_S = 0.1
"""Seconds between looks. The wake-up only makes it faster."""
PAUSE_PER_ROW_S = 0.001
MAX_PAUSE_S = 0.01
"""Seconds of pause for each row sent: under load more rows share a round, which otherwise takes a
third of the throughput of creating tickets; a single event is hardly delayed."""
STANDBY_INTERVAL_S = 0.5
"""Seconds between tries for the lead; a new leader follows within 2 s."""
KAFKA_RETRY_S = 0.5
"""Seconds until Kafka as a whole is tried again."""


class Relay:
    """The relay of one replica. `trouble` says what is wrong, else None."""

    def __init__(self, database: Database, kafka: Kafka) -> None:
        self.database = database
        self.kafka = kafka
        self.troubles = Troubles("relay")
        self.troubles.report("start", "not started")
        self.is_leader = False
        self._wake = asyncio.Event()
        self._notify = asyncio.Event()
        database.on_outbox_events.append(self.wake)

    @property
    def trouble(self) -> str | None:
        """What is wrong and since when; cleared only by progress, or where another replica leads."""
        return self.troubles.text

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
            except CONNECTION_ERRORS as error:
                self.troubles.report("database", f"no database ({describe_error(error)})")
                await asyncio.sleep(STANDBY_INTERVAL_S)
                continue
            dispatcher = Dispatcher(self.kafka, OutboxQueue(connection))
            try:
                await self._wait_for_lead(connection)
                await self._publish_forever(connection, dispatcher)
            except CONNECTION_ERRORS as error:
                self.troubles.report("database", f"lost the database ({describe_error(error)})")
                await asyncio.sleep(STANDBY_INTERVAL_S)
            finally:
                self._set_leader(False)
                connection.terminate()
                await dispatcher.close()

    async def _wait_for_lead(self, connection: Any) -> None:
        while not await try_lead(connection, self.database.schema):
            self._report_progress(None)
            await asyncio.sleep(STANDBY_INTERVAL_S)
        self._set_leader(True)
        log.info("relay.leads")
        # A deletion need not be durable: after a crash the event is sent again and the inbox drops
        # it. A flush to disk each round would slow down those who commit new events.
        await connection.execute("SET synchronous_commit = off")
        await connection.add_listener(self._channel, lambda *_: self._wake.set())

    def _set_leader(self, is_leader: bool) -> None:
        self.is_leader = is_leader
        metrics.RELAY_KAFKA_AWAY.set(0)
        metrics.RELAY_IS_LEADER.set(is_leader)

    async def _publish_forever(self, connection: Any, dispatcher: Dispatcher) -> None:
        """Send; while Kafka as a whole does not answer, try again until it does."""
        await dispatcher.load_holds()
        while True:
            self._wake.clear()
            try:
                sent = await dispatcher.round()
            except (KafkaError, TimeoutError, OSError) as error:
                # These may mean a lost database, too: then this raises, and the lead ends.
                await connection.execute("SELECT 1")
                metrics.RELAY_KAFKA_AWAY.set(1)
                self.troubles.report("kafka", f"Kafka does not answer ({describe_error(error)})")
                await asyncio.sleep(KAFKA_RETRY_S)
                continue
            metrics.RELAY_KAFKA_AWAY.set(0)
            self._report_progress(dispatcher.holds.describe())
            await self._pause(sent)

    def _report_progress(self, held: str | None) -> None:
        for cause in ("start", "database", "kafka"):
            self.troubles.clear(cause)
        self.troubles.update("held", f"Kafka takes no events for {held}" if held else None)

    async def _pause(self, rows: int) -> None:
        if rows:
            if rows < MAX_BATCH_ROWS:
                await asyncio.sleep(min(MAX_PAUSE_S, PAUSE_PER_ROW_S * rows))
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_INTERVAL_S):
                await self._wake.wait()

    async def _notify_leader(self) -> None:
        """Notify the leader in another process: one NOTIFY for many commits, in none of them."""
        while True:
            await self._notify.wait()
            try:
                connection = await self.database.dedicated_connection()
            except CONNECTION_ERRORS:
                await asyncio.sleep(STANDBY_INTERVAL_S)
                continue
            with suppress(*CONNECTION_ERRORS):
                while not self.is_leader:
                    await self._notify.wait()
                    self._notify.clear()
                    await connection.execute(f"NOTIFY {self._channel}")
            connection.terminate()
            self._notify.clear()


async def try_lead(connection: Any, schema: str) -> bool:
    """Take the lead of a schema's relay, for as long as the connection lives. False: another has it."""
    try_lock = "SELECT pg_try_advisory_lock(hashtext('opsdesk relay'), hashtext($1))"
    return bool(await connection.fetchval(try_lock, schema))
