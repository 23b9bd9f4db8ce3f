"""Sources that sent a sequence twice, because they were restored from a backup: they wait.

Their records are parked until a person has decided about each fork (`dlq skip` or `dlq replay`).
"""

from sqlalchemy import text

from common.events.envelope import Envelope
from common.persistence.database import Connection


async def stop_source(tx: Connection, fork: Envelope) -> None:
    """Let the records of a source wait, because of this one."""
    await tx.execute(
        text(
            "INSERT INTO stopped_sources (source, subject, sequence)"
            " VALUES (:source, :subject, :sequence) ON CONFLICT (source) DO NOTHING"
        ),
        {"source": fork.source, "subject": fork.subject, "sequence": fork.sequence},
    )


async def resume_source(tx: Connection, source: str) -> None:
    """Let a source go on, once no fork of it is open any more."""
    await tx.execute(
        text(
            "DELETE FROM stopped_sources s WHERE source = :source AND NOT EXISTS (SELECT 1"
            " FROM dead_letters d WHERE d.source = s.source AND d.code = 'fork'"
            " AND d.settled_at IS NULL)"
        ),
        {"source": source},
    )


async def stopped_sources(tx: Connection) -> dict[str, str]:
    """Return the sources that wait, each with the subject and sequence that was told twice."""
    rows = await tx.execute(text("SELECT source, subject, sequence FROM stopped_sources"))
    return {row.source: f"{row.subject} number {row.sequence}" for row in rows}
