"""Seals over the evidence, and the check that no line can still appear before an instant."""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, text

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.punctuality.store.evidence import LinePosition
from sla.punctuality.tables import punctuality_seals as seals

FIRST_POSITION = LinePosition(datetime(1970, 1, 1, tzinfo=UTC), "")
"""The position before every line."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal over the lines up to and including (`until_at`, `until_name`).

    `closes`: it is the last one of its day. `leaves` are the hashes of its lines, joined.
    """

    number: int
    day: date
    closes: bool
    sealed_at: datetime
    size: int
    leaves: bytes
    previous: bytes
    chain: bytes
    until_at: datetime
    until_name: str

    @property
    def end_position(self) -> LinePosition:
        return LinePosition(self.until_at, self.until_name)

    @property
    def head(self) -> str:
        return f"{self.number}:{self.chain.hex()}"


_LOCK_AVAILABLE = text("SELECT single FROM punctuality_horizon FOR UPDATE SKIP LOCKED")
_SELECT_HORIZON = text(
    """
    SELECT coalesce(noted_at >= :after AND cluster = here.id, false) AS noted,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= xid AS settled
    FROM punctuality_horizon, (SELECT system_identifier AS id FROM pg_control_system()) AS here
    """
)
_UPDATE_HORIZON = text(
    """
    UPDATE punctuality_horizon SET noted_at = :at,
        xid = pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
        cluster = (SELECT system_identifier FROM pg_control_system())
    """
)


async def try_lock(tx: Connection) -> bool:
    """Lock the sealing; False where another transaction has it."""
    return await tx.scalar(_LOCK_AVAILABLE) is not None


async def is_settled(tx: Connection, after: datetime, at: datetime) -> bool:
    """Whether all transactions that may have read a time before `after`, an instant in the past, have
    ended.

    The first call after that instant stores the ids of transactions that are later; it returns
    False.
    """
    row = (await tx.execute(_SELECT_HORIZON, {"after": after})).one()
    if not row.noted:
        await tx.execute(_UPDATE_HORIZON, {"at": at})
    return bool(row.noted and row.settled)


async def get_newest(tx: Connection) -> Seal | None:
    row = (await tx.execute(select(seals).order_by(seals.c.number.desc()).limit(1))).one_or_none()
    return _to_seal(row) if row else None


async def find(tx: Connection, number: int) -> Seal | None:
    row = (await tx.execute(select(seals).where(seals.c.number == number))).one_or_none()
    return _to_seal(row) if row else None


async def page(tx: Connection, after: tuple[int] | None, limit: int) -> list[Seal]:
    """Up to `limit` + 1 seals by number."""
    rows = await tx.execute(page_after(select(seals), (seals.c.number,), after, limit))
    return [_to_seal(row) for row in rows]


async def add(tx: Connection, seal: Seal) -> None:
    await tx.execute(insert(seals).values(**asdict(seal)))


async def find_following(
    tx: Connection, after: int, since: date | None = None, until: date | None = None
) -> Seal | None:
    """The first seal with a higher number, of a day in `[since, until]`."""
    query = select(seals).where(seals.c.number > after).order_by(seals.c.number).limit(1)
    if since is not None:
        query = query.where(seals.c.day >= since)
    if until is not None:
        query = query.where(seals.c.day <= until)
    row = (await tx.execute(query)).one_or_none()
    return _to_seal(row) if row else None


async def list_closed_days(tx: Connection, since: date, until: date) -> list[tuple[date, int, str]]:
    """The closed days in `[since, until]`: the day, its number of lines, and the head after it."""
    condition = seals.c.day.between(since, until)
    rows = await tx.execute(
        select(seals.c.day, seals.c.number, seals.c.chain, seals.c.size, seals.c.closes)
        .where(condition)
        .order_by(seals.c.number)
    )
    days: list[tuple[date, int, str]] = []
    size = 0
    for row in rows:
        size += row.size
        if row.closes:
            days.append((row.day, size, f"{row.number}:{row.chain.hex()}"))
            size = 0
    return days


def _to_seal(row: Row[Any]) -> Seal:
    return Seal(**{field.name: getattr(row, field.name) for field in fields(Seal)})
