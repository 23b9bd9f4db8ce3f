"""The table `restorations`: when `restored` ran, and whether it came to its end."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from common.domain import Actor
from common.persistence.database import Connection


@dataclass(frozen=True, slots=True)
class UnfinishedRun:
    """A run of `restored` that has not ended, or died."""

    started_at: datetime
    started_by: str


async def find_unfinished(tx: Connection) -> UnfinishedRun | None:
    """Return the run that has not ended."""
    query = "SELECT started_at, started_by FROM restorations WHERE ended_at IS NULL"
    row = (await tx.execute(text(query))).one_or_none()
    return UnfinishedRun(*row) if row else None


async def begin(tx: Connection, actor: Actor) -> None:
    """Store that a run has begun. One that died before is gone on with."""
    insert = "INSERT INTO restorations (started_by) VALUES (:who) ON CONFLICT DO NOTHING"
    await tx.execute(text(insert), {"who": actor.sub})


async def end(tx: Connection) -> None:
    """Store that the run has come to its end."""
    await tx.execute(
        text("UPDATE restorations SET ended_at = statement_timestamp() WHERE ended_at IS NULL")
    )
