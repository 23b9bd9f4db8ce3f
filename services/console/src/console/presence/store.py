"""Every query about who is where. Instants are real ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.retention import Retention
from console.presence.tables import presence

Doing = Literal["looking", "writing"]
FORGOTTEN_AFTER: Final = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody else at the ticket."""

    name: str
    doing: str


async def note(
    tx: Connection, ticket: str, sub: str, name: str, doing: Doing, at: datetime
) -> None:
    """Note that somebody is there now."""
    values = {"person_name": name, "doing": doing, "seen_at": at}
    noted = insert(presence).values(ticket=ticket, sub=sub, **values)
    keys = [presence.c.ticket, presence.c.sub]
    await tx.execute(noted.on_conflict_do_update(index_elements=keys, set_=values))


async def others(tx: Connection, ticket: str, sub: str, at: datetime) -> list[Present]:
    """Return who else is there, those who write first."""
    query = select(presence.c.person_name, presence.c.doing).where(
        presence.c.ticket == ticket,
        presence.c.sub != sub,
        presence.c.seen_at > at - FORGOTTEN_AFTER,
    )
    rows = await tx.execute(query.order_by(presence.c.doing.desc(), presence.c.person_name))
    return [Present(row.person_name, row.doing) for row in rows]


RETENTION: Final = Retention(
    "presence",
    text(
        """
        DELETE FROM presence WHERE (ticket, sub) IN (
            SELECT ticket, sub FROM presence WHERE seen_at <= CAST(:before AS timestamptz) - interval '1 minute'
            ORDER BY seen_at LIMIT :rows FOR UPDATE SKIP LOCKED)
        """
    ),
    lambda settings: 0,
    "real",
)
