"""Applies a poll's records in one transaction; when that fails, record by record.

Lost connections and deadlocks are passed up, to be retried for ever. What a rule refuses as
impossible, or fails the same way three times, is put aside; what speaks of the unknown waits.
"""

import asyncio
from collections.abc import Sequence

from common.messaging.dead_letter_queue import any_parked, ready
from common.messaging.inbox import Impossible, Inbox, NotYetKnown
from common.messaging.positions import Headers, Record
from common.persistence.database import Database, passing
from common.telemetry import logger, metrics

log = logger(__name__)

TRIES = 3
PATIENCE = 60.0
"""Seconds for one transaction's handlers: far below aiokafka's poll interval."""
DEAD_IN_A_ROW = 20
"""So many dead letters without one success between them are no bad records but a bad consumer."""


class Stopped(Exception):
    """The consumer stops instead of draining the topic into the dead letters."""


class TooSlow(Exception):
    """A handler took longer than PATIENCE."""


class Applier:
    """Takes raw records to their effects. `parked`: whether any record waits."""

    def __init__(self, database: Database, inbox: Inbox) -> None:
        self.database = database
        self.inbox = inbox
        self.parked = True
        self.dead_in_a_row = 0

    async def apply(self, records: Sequence[Record]) -> None:
        """Apply records. Raises only passing errors (see `common.persistence.database.passing`), or Stopped."""
        try:
            await self._together(records)
        except (Impossible, NotYetKnown, TooSlow):
            await self._one_by_one(records)
        except Exception as error:
            if passing(error):
                raise
            log.warning("consumer.poll_failed", error=type(error).__name__, records=len(records))
            await self._one_by_one(records)

    async def release(self) -> None:
        """Apply the parked records whose time has come, and those that wait behind them.

        Each one once: what waits again at once (its reference was skipped by `dlq skip`, say) is
        left for the next call, else it would hold up everybody.
        """
        tried: set[Headers] = set()
        while True:
            async with self.database.transaction() as tx:
                records = await ready(tx)
                self.parked = bool(records) or await any_parked(tx)
            fresh = [record for record in records if record.headers not in tried]
            if not fresh:
                return
            tried |= {record.headers for record in fresh}
            await self.apply(fresh)

    async def _together(self, records: Sequence[Record]) -> None:
        try:
            async with asyncio.timeout(PATIENCE) as limit, self.database.transaction() as tx:
                with metrics.HANDLE_SECONDS.time():
                    taken = await self.inbox.take(tx, records)
        except TimeoutError as error:
            if limit.expired():
                raise TooSlow(f"handlers took longer than {PATIENCE:.0f} s") from error
            raise
        metrics.HANDLED.labels("applied").inc(taken.applied)
        metrics.HANDLED.labels("parked").inc(taken.parked)
        self.parked = self.parked or taken.parked > 0
        self._count(dead=taken.dead, alive=taken.applied)

    async def _one_by_one(self, records: Sequence[Record]) -> None:
        for record in records:
            await self._alone(record)

    async def _alone(self, record: Record) -> None:
        failures: list[str] = []
        while len(failures) < TRIES:
            try:
                return await self._together([record])
            except NotYetKnown as missing:
                return await self._wait(record, missing)
            except Impossible as refused:
                return await self._bury(record, "impossible", str(refused))
            except Exception as error:
                if passing(error):
                    raise
                log.exception("consumer.record_failed", topic=record.topic, offset=record.offset)
                failures.append(type(error).__name__)
                await asyncio.sleep(0.1 * len(failures))
        # The type alone: an exception's text may quote what a customer wrote.
        await self._bury(record, "failed", f"failed {TRIES} times with {failures[-1]}")

    async def _wait(self, record: Record, missing: NotYetKnown) -> None:
        async with self.database.transaction() as tx:
            await self.inbox.wait(tx, record, missing)
        self.parked = True

    async def _bury(self, record: Record, code: str, reason: str) -> None:
        log.error("consumer.dead_letter", topic=record.topic, offset=record.offset, code=code)
        async with self.database.transaction() as tx:
            await self.inbox.bury(tx, record, code, reason)
        self._count(dead=1, alive=0)

    def _count(self, *, dead: int, alive: int) -> None:
        metrics.HANDLED.labels("dead").inc(dead)
        self.dead_in_a_row = dead + (0 if alive else self.dead_in_a_row)
        if self.dead_in_a_row >= DEAD_IN_A_ROW:
            raise Stopped(
                f"{self.dead_in_a_row} records in a row were put aside; see `dlq list`,"
                " mend the cause and restart"
            )
