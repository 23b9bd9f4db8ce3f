"""The loop that processes mails that were stored and not processed when they came.

A mail is read outside of any transaction: one that takes seconds holds no lock, and no deadline of others up.
"""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from common.persistence.database import Database, transaction_time
from common.persistence.errors import is_transient
from common.runtime import Runtime
from common.telemetry import logger
from intake.mail import store as mails
from intake.mail.commands import process
from intake.mail.mail_reader import read_mail

log = logger(__name__)

DELAY: Final = timedelta(seconds=30)
"""How long after its arrival a mail counts as not processed: until then whoever took it may be reading it."""
INTERVAL_S: Final = 10.0
"""Seconds between two looks."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 600.0
"""Seconds until a mail that failed again is tried once more: twice as long each time."""
MAX_LOOKED_AT: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Pause:
    until: float
    seconds: float


class MailRereader:
    """One replica's. Two may read the same mail: what comes of it is stored once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._pauses: dict[UUID, _Pause] = {}

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                await self.process_waiting()
            except Exception as error:
                if not is_transient(error):
                    log.exception("mail.rereading_failed")
            await asyncio.sleep(INTERVAL_S)

    async def process_waiting(self) -> int:
        """Read and process what waits, the oldest first, but not what has just failed. How many were processed."""
        async with self.database.transaction() as tx:
            before = await transaction_time(tx) - DELAY
            waiting = await mails.list_unprocessed(tx, before, MAX_LOOKED_AT)
        self._pauses = {id: self._pauses[id] for id in waiting if id in self._pauses}
        clock = asyncio.get_running_loop().time()
        due = [id for id in waiting if id not in self._pauses or self._pauses[id].until <= clock]
        return sum([await self._process(id) for id in due])

    async def _process(self, id: UUID) -> bool:
        try:
            async with self.database.transaction() as tx:
                stored = await mails.find(tx, id)
            if stored is None or stored.outcome != "received":
                return False
            read = await read_mail(stored.raw)
            async with self.database.transaction() as tx:
                await process(tx, stored, read)
        except Exception:
            # One that fails stops no other; it stays, and GET /v1/emails?outcome=received shows it.
            log.exception("mail.not_processed", mail=str(id))
            self._pause(id)
            return False
        return True

    def _pause(self, id: UUID) -> None:
        before = self._pauses.get(id)
        seconds = min(2 * before.seconds, LONGEST_PAUSE_S) if before else FIRST_PAUSE_S
        self._pauses[id] = _Pause(asyncio.get_running_loop().time() + seconds, seconds)


async def run_rereading(runtime: Runtime[Any]) -> None:
    """Process mails that were not processed when they came, as long as the service runs."""
    await MailRereader(runtime.database).run()
