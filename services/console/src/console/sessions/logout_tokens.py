"""Every query about logout tokens that were taken: each is good once."""

from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.retention import Retention
from console.sessions.tables import logout_tokens


async def take(tx: Connection, token_id: str, expires_at: datetime) -> bool:
    """Note that a token was taken. Returns whether it is the first time."""
    noted = insert(logout_tokens).values(token_id=token_id, expires_at=expires_at)
    return bool((await tx.execute(noted.on_conflict_do_nothing())).rowcount)


RETENTION: Final = Retention(
    "logout tokens",
    text(
        """
        DELETE FROM logout_tokens WHERE token_id IN (
            SELECT token_id FROM logout_tokens WHERE expires_at <= :before
            ORDER BY expires_at LIMIT :rows FOR UPDATE SKIP LOCKED)
        """
    ),
    lambda settings: 0,
    "real",
)
"""One that has expired is refused for that."""
