"""Who of our own people watches a ticket, and has not left."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text

from common.persistence.database import Connection

_OF_TICKET: Final = text(
    "SELECT person FROM staff_watchers_of(:ticket) AS person WHERE person <> :actor ORDER BY person"
)


async def staff_watchers(tx: Connection, ticket: UUID, actor: str) -> Sequence[str]:
    """The subs of those who watch the ticket, without the one who acts."""
    return list(await tx.scalars(_OF_TICKET, {"ticket": ticket, "actor": actor}))
