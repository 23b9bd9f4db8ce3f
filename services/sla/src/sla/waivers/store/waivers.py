"""Waivers.

The clock's row, or the customer's advisory lock, is locked before a waiver: so an approval and a
breach never run at the same time (decision 0631).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, Uuid, any_, bindparam, insert, or_, select, text, update

from common.persistence import keys
from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from common.scheduling.aggregate_locks import lock_available as lock_rows
from sla.clocks.tables import clocks
from sla.clocks.ticket_tables import tickets
from sla.waivers.domain.waiver import COVERING_STATES, Waiver
from sla.waivers.tables import waivers

Period = tuple[datetime, datetime]
"""`[start, end)`."""
NumberedWaiver = tuple[Waiver, int]
"""A waiver, and the sequence of its last event."""

_LOCK_SHARED = text(
    "SELECT pg_advisory_xact_lock_shared(key) FROM"
    " (SELECT hashtextextended(id::text, 2) AS key FROM unnest(:ids) AS id ORDER BY 1) AS keys"
).bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_LOCK_EXCLUSIVE = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(CAST(:id AS text), 2))"
).bindparams(bindparam("id", type_=Text))
_PERIOD_WAIVERS = (
    select(waivers)
    .where(
        waivers.c.customer_id == any_(bindparam("ids", type_=ARRAY(Uuid))),
        waivers.c.ends_at > bindparam("since"),
        waivers.c.clock_id.is_(None),
        waivers.c.decided_at.is_not(None),
        waivers.c.state.in_(COVERING_STATES),
        ~waivers.c.late,
    )
    .order_by(waivers.c.decided_at)
)
"""Built once: each breach needs it, while the next deadlines wait."""


@dataclass(frozen=True, slots=True)
class WaiverFilter:
    """Filters of a list; None: any."""

    state: str | None = None
    customer: str | None = None
    clock_id: UUID | None = None


async def next_key(tx: Connection) -> str:
    """The key of the next waiver, such as `WVR-17`."""
    return await keys.next_key(tx, "WVR", "waiver_numbers")


async def add(tx: Connection, waiver: Waiver, sequence: int) -> None:
    await tx.execute(insert(waivers).values(**asdict(waiver), sequence=sequence))


async def save(tx: Connection, waiver: Waiver, sequence: int) -> None:
    statement = update(waivers).where(waivers.c.id == waiver.id)
    await tx.execute(statement.values(**asdict(waiver), sequence=sequence))


async def find(tx: Connection, reference: UUID | str) -> NumberedWaiver | None:
    """Return the waiver with this id or key."""
    query = select(waivers).where(by_id_or_key(waivers, reference))
    row = (await tx.execute(query)).one_or_none()
    return _numbered_waiver(row) if row else None


async def lock_customer(tx: Connection, id: UUID) -> None:
    """Wait for transactions in which a clock of the customer breaches; let none begin."""
    await tx.execute(_LOCK_EXCLUSIVE, {"id": str(id)})


async def list_period_waivers(
    tx: Connection, customer_ids: Collection[UUID], since: datetime
) -> list[Waiver]:
    """List the decided waivers over a period of these customers that end after `since`.

    The customers are locked against decisions, by a statement of its own: the second one must see
    a decision that the first one waited for.
    """
    await tx.execute(_LOCK_SHARED, {"ids": list(customer_ids)})
    values = {"ids": list(customer_ids), "since": since}
    return [_waiver(row) for row in await tx.execute(_PERIOD_WAIVERS, values)]


async def list_decided(
    tx: Connection, clock_ids: Collection[UUID], customer_ids: Collection[UUID]
) -> list[Waiver]:
    """List the decided waivers of these clocks, and of periods of these customers."""
    of_period = waivers.c.customer_id.in_(customer_ids) & waivers.c.clock_id.is_(None)
    condition = waivers.c.clock_id.in_(clock_ids) | of_period
    statement = select(waivers).where(condition, waivers.c.decided_at.is_not(None))
    return [_waiver(row) for row in await tx.execute(statement)]


async def lock(tx: Connection, id: UUID) -> NumberedWaiver:
    """Lock a waiver and return it; what it is about is locked before."""
    await tx.execute(select(waivers.c.id).where(waivers.c.id == id).with_for_update())
    row = await find(tx, id)
    assert row is not None
    return row


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock those that nobody else holds, in the order of ids. One that is gone counts as locked."""
    return await lock_rows(tx, waivers.c.id, ids)


async def load(tx: Connection, ids: Collection[UUID]) -> list[NumberedWaiver]:
    statement = select(waivers).where(waivers.c.id.in_(ids)).order_by(waivers.c.id)
    return [_numbered_waiver(row) for row in await tx.execute(statement)]


async def find_request(tx: Connection, clock_id: UUID, at: datetime) -> Waiver | None:
    """Return the undecided request about this clock that has not expired at `at`, if any."""
    is_open = (waivers.c.state == "requested") & (waivers.c.expires_at > at)
    query = select(waivers).where(waivers.c.clock_id == clock_id, is_open)
    row = (await tx.execute(query.order_by(waivers.c.requested_at).limit(1))).one_or_none()
    return _waiver(row) if row else None


async def find_period_request(
    tx: Connection, customer_id: UUID, service: str | None, period: Period, at: datetime
) -> Waiver | None:
    """The undecided request over a period that is about some of the same promises, not expired at `at`, if any.

    `service` None: all of the customer's.
    """
    starts_at, ends_at = period
    is_open = (waivers.c.state == "requested") & (waivers.c.expires_at > at)
    of_customer = waivers.c.clock_id.is_(None) & (waivers.c.customer_id == customer_id)
    overlaps = (waivers.c.starts_at < ends_at) & (waivers.c.ends_at > starts_at)
    query = select(waivers).where(is_open, of_customer, overlaps)
    if service is not None:
        query = query.where(or_(waivers.c.service.is_(None), waivers.c.service == service))
    row = (await tx.execute(query.order_by(waivers.c.requested_at).limit(1))).one_or_none()
    return _waiver(row) if row else None


async def lock_requests(tx: Connection, clock_ids: Iterable[UUID]) -> list[Waiver]:
    """Lock the undecided requests about these clocks, in the order of ids."""
    statement = select(waivers.c.id).where(waivers.c.clock_id.in_(list(clock_ids)))
    statement = statement.where(waivers.c.state == "requested").order_by(waivers.c.id)
    ids = list(await tx.scalars(statement.with_for_update()))
    return [waiver for waiver, _ in await load(tx, ids)] if ids else []


async def list_page(
    tx: Connection, filters: WaiverFilter, limit: int, after: tuple[Any, ...] | None
) -> list[NumberedWaiver]:
    """List up to `limit` + 1 waivers, the oldest first.

    Of a clock: also those over a period for its customer and service that end after it started.
    """
    statement = select(waivers)
    if filters.state is not None:
        statement = statement.where(waivers.c.state == filters.state)
    if filters.customer is not None:
        statement = statement.where(waivers.c.customer == filters.customer)
    if filters.clock_id is not None:
        period_covers_clock = (
            select(clocks.c.id)
            .join(tickets, tickets.c.id == clocks.c.ticket_id)
            .where(clocks.c.id == filters.clock_id, clocks.c.customer_id == waivers.c.customer_id)
            .where(or_(waivers.c.service.is_(None), waivers.c.service == tickets.c.service))
            .where(waivers.c.ends_at > tickets.c.opened_at)
        )
        statement = statement.where(
            or_(waivers.c.clock_id == filters.clock_id, period_covers_clock.exists())
        )
    order = (waivers.c.requested_at, waivers.c.id)
    rows = await tx.execute(page_after(statement, order, after, limit))
    return [_numbered_waiver(row) for row in rows]


def _numbered_waiver(row: Row[Any]) -> NumberedWaiver:
    return _waiver(row), row.sequence


def _waiver(row: Row[Any]) -> Waiver:
    return Waiver(**{field.name: getattr(row, field.name) for field in fields(Waiver)})
