"""Applies a batch of records in one transaction; when that fails, record by record.

Lost connections and deadlocks are raised, for the caller to retry. A record that a rule refuses as
impossible, or that fails three times, becomes a dead letter; a record about an unknown subject is
parked.
"""

import asyncio
from collections.abc import Sequence

from common.messaging.dead_letter_queue import due_parked, has_parked
from common.messaging.inbox import Inbox, MissingReference, PermanentError
from common.messaging.positions import Headers, Record
from common.persistence.database import Database, is_transient
from common.telemetry import logger, metrics

log = logger(__name__)

MAX_ATTEMPTS = 3
HANDLER_TIMEOUT_S = 60.0
"""Seconds for one transaction's handlers: far below aiokafka's poll interval."""
MAX_CONSECUTIVE_DEAD_LETTERS = 20
"""So many dead letters without a success between them mean a faulty consumer, not bad records."""


class ConsumerHalted(Exception):
    """Too many dead letters in a row: the consumer stops."""


class HandlerTimeout(Exception):
    """A transaction took longer than HANDLER_TIMEOUT_S."""


class BatchProcessor:
    """Applies records. `has_parked`: whether any record may be parked."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self.database = database
        self.inbox = inbox
        self.has_parked = True
        self.consecutive_dead_letters = 0

    async def process(self, records: Sequence[Record]) -> None:
        """Apply records. Raises transient errors only (`is_transient`), or ConsumerHalted."""
        try:
            await self._process_batch(records)
        except (PermanentError, MissingReference, HandlerTimeout):
            await self._process_each(records)
        except Exception as error:
            if is_transient(error):
                raise
            log.warning("consumer.poll_failed", error=type(error).__name__, records=len(records))
            await self._process_each(records)

    async def release_parked(self) -> None:
        """Apply the parked records that are due, and those that wait behind them.

        Each one once: a record that is parked again (because `dlq skip` skipped its reference, say)
        is left for the next call.
        """
        attempted: set[Headers] = set()
        while True:
            async with self.database.transaction() as tx:
                records = await due_parked(tx)
                self.has_parked = bool(records) or await has_parked(tx)
            fresh = [record for record in records if record.headers not in attempted]
            if not fresh:
                return
            attempted |= {record.headers for record in fresh}
            await self.process(fresh)

    async def _process_batch(self, records: Sequence[Record]) -> None:
        try:
            async with (
                asyncio.timeout(HANDLER_TIMEOUT_S) as limit,
                self.database.transaction() as tx,
            ):
                with metrics.CONSUMER_POLL_SECONDS.time():
                    result = await self.inbox.process(tx, records)
        except TimeoutError as error:
            if limit.expired():
                raise HandlerTimeout(
                    f"handlers took longer than {HANDLER_TIMEOUT_S:.0f} s"
                ) from error
            raise
        metrics.CONSUMER_RECORDS.labels("applied").inc(result.applied)
        metrics.CONSUMER_RECORDS.labels("parked").inc(result.parked)
        self.has_parked = self.has_parked or result.parked > 0
        self._count_outcome(dead=result.dead, alive=result.applied)

    async def _process_each(self, records: Sequence[Record]) -> None:
        for record in records:
            await self._process_single(record)

    async def _process_single(self, record: Record) -> None:
        failures: list[str] = []
        while len(failures) < MAX_ATTEMPTS:
            try:
                return await self._process_batch([record])
            except MissingReference as missing:
                return await self._park(record, missing)
            except PermanentError as refused:
                return await self._dead_letter(record, "impossible", str(refused))
            except Exception as error:
                if is_transient(error):
                    raise
                log.exception("consumer.record_failed", topic=record.topic, offset=record.offset)
                failures.append(type(error).__name__)
                await asyncio.sleep(0.1 * len(failures))
        # The type alone: the text of an exception may quote what a customer wrote.
        await self._dead_letter(
            record, "failed", f"failed {MAX_ATTEMPTS} times with {failures[-1]}"
        )

    async def _park(self, record: Record, missing: MissingReference) -> None:
        async with self.database.transaction() as tx:
            await self.inbox.park(tx, record, missing)
        self.has_parked = True

    async def _dead_letter(self, record: Record, code: str, reason: str) -> None:
        log.error("consumer.dead_letter", topic=record.topic, offset=record.offset, code=code)
        async with self.database.transaction() as tx:
            await self.inbox.dead_letter(tx, record, code, reason)
        self._count_outcome(dead=1, alive=0)

    def _count_outcome(self, *, dead: int, alive: int) -> None:
        metrics.CONSUMER_RECORDS.labels("dead_lettered").inc(dead)
        self.consecutive_dead_letters = dead + (0 if alive else self.consecutive_dead_letters)
        if self.consecutive_dead_letters >= MAX_CONSECUTIVE_DEAD_LETTERS:
            raise ConsumerHalted(
                f"{self.consecutive_dead_letters} dead letters in a row; see `dlq list`, correct the cause and restart"
            )
