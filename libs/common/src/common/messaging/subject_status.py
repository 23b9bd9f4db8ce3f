"""Whether events of one subject arrived and are not applied: parked, or behind a dead letter."""

from sqlalchemy import text

from common.persistence.database import Connection

_WAITING = text(
    """
    SELECT EXISTS (SELECT FROM parked WHERE source = :source AND subject = :subject)
        OR EXISTS (SELECT FROM inbox
                   WHERE source = :source AND subject = :subject AND dead_at IS NOT NULL)
    """
)


async def is_waiting(tx: Connection, source: str, subject: str) -> bool:
    """Return whether a record of this subject is parked, or a dead letter that nobody settled."""
    return bool(await tx.scalar(_WAITING, {"source": source, "subject": subject}))
