"""The timekeeper alone in a process: `scheduler_process.py DATABASE_URL SECONDS FIRINGS`. Prints its growth."""

import asyncio
import json
import resource
import sys
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection, Database
from common.scheduling.deadline_scheduler import DeadlineScheduler
from common.scheduling.deadlines import Due, Timer
from common.telemetry.logs import configure_logs


async def everybody(tx: Connection, subjects: Sequence[UUID]) -> set[UUID]:
    """Nobody else works on these aggregates: the row of the deadline is lock enough."""
    return set(subjects)


async def nothing(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """The effect is the firing itself, which `common` records."""


def resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def main(url: str, seconds: float, wanted: int) -> None:
    database = Database(url, "sla")
    keeper = DeadlineScheduler(database, {"bench": Timer(everybody, nothing)})
    running = asyncio.create_task(keeper.run())
    await asyncio.sleep(3)
    before = resident()
    await asyncio.sleep(seconds - 3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with database.transaction() as tx:
        fired = await tx.scalar(text("SELECT count(*) FROM firings WHERE kind = 'bench'"))
    await database.close()
    if fired != wanted:
        raise SystemExit(f"{fired} of {wanted} deadlines fired")
    sys.stdout.write(json.dumps({"grown_mib": resident() - before}) + "\n")


if __name__ == "__main__":
    configure_logs("bench", "json")
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
