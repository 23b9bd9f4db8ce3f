"""Releases parked records beside the lanes: at once where a subject moved, and all by and by."""

import asyncio
from contextlib import suppress

from common.messaging.batch_processor import BatchProcessor
from common.messaging.parked_release import ParkedRelease
from common.messaging.trouble import Troubles
from common.persistence.errors import counts_against_record, describe_error

PARKED_INTERVAL_S = 1.0
"""Seconds between looks at all parked records; what an event frees is looked for at once."""


class ReleaseLoop:
    """Releases parked records. `cause` is the name of its troubles."""

    def __init__(self, processor: BatchProcessor, troubles: Troubles, cause: str) -> None:
        self.state = processor.state
        self.troubles = troubles
        self.cause = cause
        self._release = ParkedRelease(processor)
        self._sweep_at = 0.0

    async def run(self) -> None:
        """Release records until cancelled. Raises ConsumerHalted."""
        while True:
            if not self._release.has_more:
                await self._wait()
            if self.state.has_parked:
                await self._release_parked()
            else:
                self.state.take_moved()

    async def _wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PARKED_INTERVAL_S):
                await self.state.wait_for_moved()

    async def _release_parked(self) -> None:
        """Release what is free. Where our own operation prevents it, go on with others and say so."""
        now = asyncio.get_running_loop().time()
        is_sweep_due = now >= self._sweep_at
        if is_sweep_due:
            self._sweep_at = now + PARKED_INTERVAL_S
        try:
            await self._release.release(is_sweep_due=is_sweep_due)
        except Exception as error:
            if counts_against_record(error):
                raise
            self._release.has_more = False
            self.troubles.report(
                self.cause, f"does not release parked records ({describe_error(error)})"
            )
        else:
            self.troubles.clear(self.cause)
