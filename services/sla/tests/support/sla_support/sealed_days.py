"""Days of warnings and breaches, and their seals."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

from common.persistence.database import Database
from common.scheduling.deadlines import Deadline, schedule
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.punctuality.export import export_lines
from sla.punctuality.sealing import CHAIN_SUBJECT, DEADLINE_KIND, RETRY_DELAY
from sla.punctuality.store import seals
from sla.timers import TIMERS
from sla_support.company import HOUR, NINE, promise, ticket_opened

DAY = timedelta(days=1)
MONDAY = date(2026, 6, 1)


async def busy_days(database: Database, lag: timedelta = timedelta(0)) -> None:
    """Two tickets: one warning on Monday, five and two breaches on Tuesday; every firing comes
    `late` after it was due."""
    await promise(database, metrics=("resolution",))
    later = ticket_opened(2, NINE + HOUR, priority="minor")
    await deliver(database, HANDLERS, (ticket_opened(1, priority="minor"), 1))
    await freeze_time(database, NINE + HOUR)
    await deliver(database, HANDLERS, (later, 1))
    for hours in (8, 24, 27, 28, 29.4, 30.4, 31, 32):
        await freeze_time(database, NINE + hours * HOUR + lag)
        await fire_due(database, TIMERS)


async def seal_until(database: Database, at: datetime) -> None:
    """Let the sealing come to an instant. Others write in the same cluster: until their transactions
    have ended nothing is settled, so it looks again as often as it must."""
    await freeze_time(database, at)
    async with database.transaction() as tx:
        await schedule(tx, [Deadline(DEADLINE_KIND, CHAIN_SUBJECT, at)])
    async with asyncio.timeout(60):
        while not await _is_sealed(database, at):
            await fire_due(database, TIMERS)
            at += RETRY_DELAY
            await freeze_time(database, at)


async def _is_sealed(database: Database, at: datetime) -> bool:
    async with database.transaction() as tx:
        newest = await seals.get_newest(tx)
    return newest is not None and newest.closes and newest.day + DAY == at.date()


async def evidence_file(database: Database, folder: Path) -> Path:
    """All that is sealed, as an outsider gets it."""
    path = folder / "evidence.jsonl"
    lines = [line + b"\n" async for line in export_lines(database)]
    path.write_bytes(b"".join(lines))
    return path
