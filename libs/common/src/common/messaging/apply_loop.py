"""Applies what a lane's prefetcher has read, however long our own operation is in trouble."""

import asyncio

from aiokafka import TopicPartition

from common.messaging.batch_processor import BatchProcessor
from common.messaging.limited_transaction import LockTimeout
from common.messaging.positions import Record
from common.messaging.prefetch import Prefetcher, RecordsByPartition
from common.messaging.trouble import Troubles
from common.persistence.errors import counts_against_record, describe_error
from common.telemetry import metrics

TAKE_TIMEOUT_S = 1.0
"""Seconds that it waits for records, before it waits again."""
INITIAL_RETRY_DELAY_S, MAX_RETRY_DELAY_S = 0.5, 10.0
"""Seconds until the next try after our own trouble: doubled each time, up to the maximum."""
ATTEMPTS_BEFORE_APART = 3
"""Tries of a batch as a whole before its records are tried apart; after a lock wait one is enough."""
MAX_GROWN_RECORDS = 1_000
"""Records up to which a batch in trouble takes in new ones, which may get through meanwhile."""


class ApplyLoop:
    """Applies the records of one lane. `cause` is the name of its troubles."""

    def __init__(
        self,
        processor: BatchProcessor,
        prefetcher: Prefetcher,
        applied: dict[TopicPartition, int],
        troubles: Troubles,
        cause: str,
    ) -> None:
        self.processor = processor
        self.prefetcher = prefetcher
        self.applied = applied
        self.troubles = troubles
        self.cause = cause
        self._is_busy = False

    def is_busy_with(self, partition: TopicPartition) -> bool:
        """Return whether it is applying records just now, and this partition's wait for that."""
        return self._is_busy and partition in self.prefetcher.lane

    async def run(self) -> None:
        """Apply records until cancelled. Raises ConsumerHalted."""
        while True:
            batch = await self.prefetcher.take(TAKE_TIMEOUT_S)
            self._is_busy = True
            if batch:
                await self._apply(batch)
            self._is_busy = False

    async def _apply(self, batch: RecordsByPartition) -> None:
        attempts, is_apart = 0, False
        while True:
            records = [Record.from_message(one) for part in batch.values() for one in part]
            try:
                if is_apart:
                    await self.processor.process_apart(records)
                else:
                    await self.processor.process(records)
                break
            except Exception as error:
                if counts_against_record(error):
                    raise
                attempts += 1
                self._report(error)
                is_apart = not is_apart and (
                    attempts >= ATTEMPTS_BEFORE_APART or isinstance(error, LockTimeout)
                )
            await asyncio.sleep(min(MAX_RETRY_DELAY_S, INITIAL_RETRY_DELAY_S * 2 ** (attempts - 1)))
            if len(records) < MAX_GROWN_RECORDS:
                await self._grow(batch)
        self.troubles.clear(self.cause)
        self.troubles.clear("client")
        self._note_applied(batch)

    def _report(self, error: Exception) -> None:
        metrics.CONSUMER_RETRIES.inc()
        if isinstance(error, LockTimeout):
            self.troubles.report(self.cause, str(error))
        else:
            self.troubles.report(self.cause, f"waits for the database ({describe_error(error)})")

    async def _grow(self, batch: RecordsByPartition) -> None:
        for partition, messages in (await self.prefetcher.take(0)).items():
            batch.setdefault(partition, []).extend(messages)

    def _note_applied(self, batch: RecordsByPartition) -> None:
        for partition, messages in batch.items():
            # Unless the group gave the partition to another member meanwhile; never backwards.
            if partition in self.applied:
                self.applied[partition] = max(self.applied[partition], messages[-1].offset + 1)
