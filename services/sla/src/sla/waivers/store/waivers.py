"""Waivers. The clock's row, or the customer's lock, is taken before a waiver's: that is where
approval and breach meet (decision 0631)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, Uuid, bindparam, insert, or_, select, text, update

from common.persistence.database import Connection
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.waivers.domain.waiver import OF_PERIODS, Waiver
from sla.waivers.tables import waivers

Numbered = tuple[Waiver, int]
"""A waiver, and the sequence of the last event told about it."""

_SHARED = text(
    "SELECT pg_advisory_xact_lock_shared(key) FROM"
    " (SELECT hashtextextended(id::text, 2) AS key FROM unnest(:ids) AS id ORDER BY 1) AS keys"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(CAST(:id AS text), 2))").bindparams(
    bindparam("id", type_=Text)
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is about; None asks nothing."""

    state: str | None = None
    customer: str | None = None
    clock_id: UUID | None = None


async def next_key(tx: Connection) -> str:
    """What people call the next waiver: `WVR-17`."""
    number = await tx.scalar(text("SELECT nextval('waiver_numbers')"))
    return f"WVR-{number}"


async def add(tx: Connection, waiver: Waiver, sequence: int) -> None:
    await tx.execute(insert(waivers).values(**asdict(waiver), sequence=sequence))


async def save(tx: Connection, waiver: Waiver, sequence: int) -> None:
    changed = update(waivers).where(waivers.c.id == waiver.id)
    await tx.execute(changed.values(**asdict(waiver), sequence=sequence))


async def find(tx: Connection, id_or_key: UUID | str) -> Numbered | None:
    column = waivers.c.id if isinstance(id_or_key, UUID) else waivers.c.key
    row = (await tx.execute(select(waivers).where(column == id_or_key))).one_or_none()
    return _numbered(row) if row else None


async def lock_customer(tx: Connection, id: UUID) -> None:
    """Wait for every transaction in which a clock of the customer breaks, and let none begin."""
    await tx.execute(_ALONE, {"id": str(id)})


async def standing(tx: Connection, customer_ids: Collection[UUID], since: datetime) -> list[Waiver]:
    """The decided waivers over a period of these customers, who are locked against decisions; those
    that ended at `since` or before are left out.

    Two statements: a decision that was waited for must be seen.
    """
    await tx.execute(_SHARED, {"ids": list(customer_ids)})
    found = select(waivers).where(
        waivers.c.customer_id.in_(customer_ids),
        waivers.c.ends_at > since,
        waivers.c.clock_id.is_(None),
        waivers.c.decided_at.is_not(None),
        waivers.c.state.in_(OF_PERIODS),
        ~waivers.c.late,
    )
    return [_waiver(row) for row in await tx.execute(found.order_by(waivers.c.decided_at))]


async def decided(
    tx: Connection, clock_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> list[Waiver]:
    """What was decided about these clocks, and about periods of these customers."""
    wide = waivers.c.customer_id.in_(customer_ids) & waivers.c.clock_id.is_(None)
    about = waivers.c.clock_id.in_(clock_ids) | wide
    found = select(waivers).where(about, waivers.c.decided_at.is_not(None))
    return [_waiver(row) for row in await tx.execute(found)]


async def lock(tx: Connection, id: UUID) -> Numbered:
    """The waiver, locked; what it is about has been locked before."""
    await tx.execute(select(waivers.c.id).where(waivers.c.id == id).with_for_update())
    found = await find(tx, id)
    assert found is not None
    return found


async def lock_free(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that nobody else holds, in the order of ids. One that is gone counts as locked."""
    free = select(waivers.c.id).where(waivers.c.id.in_(ids)).order_by(waivers.c.id)
    locked = set(await tx.scalars(free.with_for_update(skip_locked=True)))
    there = set(await tx.scalars(select(waivers.c.id).where(waivers.c.id.in_(ids))))
    return locked | (set(ids) - there)


async def load(tx: Connection, ids: Collection[UUID]) -> list[Numbered]:
    found = select(waivers).where(waivers.c.id.in_(ids)).order_by(waivers.c.id)
    return [_numbered(row) for row in await tx.execute(found)]


async def lock_requests(tx: Connection, clock_ids: Iterable[UUID]) -> list[Waiver]:
    """The requests about these clocks that nobody has answered, locked in the order of ids."""
    asked = select(waivers.c.id).where(waivers.c.clock_id.in_(list(clock_ids)))
    asked = asked.where(waivers.c.state == "requested").order_by(waivers.c.id)
    ids = list(await tx.scalars(asked.with_for_update()))
    return [waiver for waiver, _ in await load(tx, ids)] if ids else []


async def page(
    tx: Connection, wanted: Wanted, limit: int, after: tuple[datetime, UUID] | None
) -> list[Numbered]:
    """Up to `limit` + 1 waivers, the oldest first. Of a clock: also those over a period that the
    clock's customer and service fall under and that had not ended when it started."""
    listed = select(waivers).order_by(waivers.c.requested_at, waivers.c.id).limit(limit + 1)
    if wanted.state is not None:
        listed = listed.where(waivers.c.state == wanted.state)
    if wanted.customer is not None:
        listed = listed.where(waivers.c.customer == wanted.customer)
    if wanted.clock_id is not None:
        wide = (
            select(clocks.c.id)
            .join(tickets, tickets.c.id == clocks.c.ticket_id)
            .where(clocks.c.id == wanted.clock_id, clocks.c.customer_id == waivers.c.customer_id)
            .where(or_(waivers.c.service.is_(None), waivers.c.service == tickets.c.service))
            .where(waivers.c.ends_at > tickets.c.opened_at)
        )
        listed = listed.where(or_(waivers.c.clock_id == wanted.clock_id, wide.exists()))
    if after is not None:
        at, id = after
        same = (waivers.c.requested_at == at) & (waivers.c.id > id)
        listed = listed.where((waivers.c.requested_at > at) | same)
    return [_numbered(row) for row in await tx.execute(listed)]


def _numbered(row: Row[Any]) -> Numbered:
    return _waiver(row), row.sequence


def _waiver(row: Row[Any]) -> Waiver:
    return Waiver(**{field.name: getattr(row, field.name) for field in fields(Waiver)})
