"""Applies parked records once they are due: at once where a subject moved, and all by and by.

What is tried in vain is put off with growing delays, and the pages go on behind it, so that records
that cannot be released starve nobody.
"""

from collections.abc import Collection, Sequence

from common.messaging.batch_processor import BatchProcessor
from common.messaging.parked_records import RELEASE_LIMIT, freed_records, has_parked, sweep
from common.messaging.positions import Headers, Record, Subject
from common.persistence.database import Connection
from common.persistence.errors import counts_against_record

BEGINNING: Subject = ("", "")
MAX_SWEEP_PAGES = 5
"""Pages of one sweep at most, while they find something; new records wait meanwhile."""


class ParkedRelease:
    """Releases parked records through the processor.

    `has_more`: whether the last look found so much that the next one should not wait.
    """

    def __init__(self, processor: BatchProcessor) -> None:
        self.processor = processor
        self.has_more = False
        self._sweep_after = BEGINNING
        self._attempted: set[Headers] = set()

    async def release(self, *, is_sweep_due: bool = True) -> None:
        """Apply what the subjects moved since the last call have freed, then a part of all that is due.

        Each record once: one that is parked again is left for the next call. Raises our own trouble.
        """
        self._attempted.clear()
        self.has_more = False
        while moved := self.processor.state.take_moved():
            if not await self._release_freed(moved):
                break
        if is_sweep_due or self.has_more:
            await self._sweep()

    async def _release_freed(self, moved: Collection[Subject]) -> bool:
        async with self.processor.database.transaction() as tx:
            records = await freed_records(tx, moved)
        self.has_more = self.has_more or len(records) == RELEASE_LIMIT
        return await self._try(records)

    async def _sweep(self) -> None:
        for _ in range(MAX_SWEEP_PAGES):
            async with self.processor.database.transaction() as tx:
                records, next_page = await sweep(tx, self._sweep_after)
                if next_page is None and not records:
                    await self._note_whether_any(tx)
            self._sweep_after = next_page or BEGINNING
            await self._try(records)
            self.has_more = bool(records) and next_page is not None
            if not self.has_more:
                return

    async def _note_whether_any(self, tx: Connection) -> None:
        """Look whether any is parked. What a lane parks while this looks is not forgotten."""
        state = self.processor.state
        parkings = state.parkings
        if not await has_parked(tx):
            state.note_none_parked(parkings)

    async def _try(self, records: Sequence[Record]) -> bool:
        """Apply those not yet tried in this call. Returns whether there were any."""
        fresh = [record for record in records if record.headers not in self._attempted]
        self._attempted |= {record.headers for record in fresh}
        if fresh:
            try:
                await self.processor.process(fresh)
            except Exception as error:
                if counts_against_record(error):
                    raise
                await self.processor.process_apart(fresh)
        return bool(fresh)
