"""Rate cards: a version is valid until the next one begins, and priced days keep their price."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from sla.time_entries.tables import rate_cards as cards


@dataclass(frozen=True, slots=True)
class RateCard:
    """A version of a rate card, valid on the days `[valid_from, valid_until)`.

    `rates` are hundredths of the currency for an hour, by name. `customer_id` None: for all
    customers without a rate card of their own.
    """

    id: UUID
    customer_id: UUID | None
    version: int
    currency: str
    rates: Mapping[str, int]
    valid_from: date
    valid_until: date | None
    created_by: str
    created_at: datetime


async def lock_all(tx: Connection) -> None:
    """Lock all rate cards until the end: they are created rarely, and checked against each other."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("rate_cards", 12))))


async def find_newest(tx: Connection, customer_id: UUID | None) -> RateCard | None:
    query = select(cards).where(_of_customer(customer_id)).order_by(cards.c.version.desc()).limit(1)
    row = (await tx.execute(query)).one_or_none()
    return RateCard(**row._mapping) if row else None


async def has_priced_days(
    tx: Connection, customer_id: UUID | None, since: date, until: date
) -> bool:
    """Whether a rate card already prices a day of `[since, until)` for the customer."""
    if since >= until:
        return False
    applicable = (
        _of_customer(None)
        if customer_id is None
        else or_(_of_customer(customer_id), _of_customer(None))
    )
    overlaps = (cards.c.valid_from < until) & or_(
        cards.c.valid_until.is_(None), cards.c.valid_until > since
    )
    query = select(cards.c.id).where(applicable, overlaps).limit(1)
    return await tx.scalar(query) is not None


async def add(tx: Connection, card: RateCard) -> None:
    """Store a version, and end the one before where it begins."""
    overlaps = cards.c.valid_until.is_(None) | (cards.c.valid_until > card.valid_from)
    ending = update(cards).where(_of_customer(card.customer_id), overlaps)
    await tx.execute(ending.values(valid_until=card.valid_from))
    await tx.execute(insert(cards).values(**asdict(card)))


async def page(tx: Connection, limit: int, after: tuple[UUID] | None) -> list[RateCard]:
    """Up to `limit` + 1 versions in the order of their creation."""
    rows = await tx.execute(page_after(select(cards), (cards.c.id,), after, limit))
    return [RateCard(**row._mapping) for row in rows]


def _of_customer(customer_id: UUID | None) -> ColumnElement[bool]:
    if customer_id is None:
        return cards.c.customer_id.is_(None)
    return cards.c.customer_id == customer_id
