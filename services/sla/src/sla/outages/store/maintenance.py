"""Planned maintenance."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, insert, or_, select, update

from common.persistence import keys
from common.persistence.database import Connection
from common.persistence.keys import by_id_or_key
from common.persistence.keyset import page_after
from sla.directory.tables import environments
from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.domain.scope import Scope
from sla.outages.store.visibility import Visibility
from sla.outages.tables import maintenance_windows as windows

_SCOPE_COLUMNS = ("customer_id", "customer", "environment", "service")
_COLUMNS = (
    "id",
    "key",
    "title",
    "starts_at",
    "ends_at",
    "announced_by",
    "announced_at",
    "agreed_by",
    "agreed_at",
    "cancelled_by",
    "cancelled_at",
    "moved_by",
    "moved_at",
    "sequence",
)


async def next_key(tx: Connection) -> str:
    """The key of the next maintenance, such as `MW-17`."""
    return await keys.next_key(tx, "MW", "maintenance_numbers")


async def add(tx: Connection, maintenance: PlannedMaintenance) -> None:
    await tx.execute(insert(windows).values(_values(maintenance)))


async def save(tx: Connection, maintenance: PlannedMaintenance) -> None:
    await tx.execute(
        update(windows).where(windows.c.id == maintenance.id).values(_values(maintenance))
    )


async def find(tx: Connection, reference: str, *, lock: bool = False) -> PlannedMaintenance | None:
    """Return the maintenance with this id or key."""
    query = _select().where(by_id_or_key(windows, reference))
    row = (await tx.execute(query.with_for_update(of=windows) if lock else query)).one_or_none()
    return _to_maintenance(row) if row else None


async def page(
    tx: Connection,
    visible: Visibility,
    since: datetime,
    limit: int,
    after: tuple[Any, ...] | None,
) -> list[PlannedMaintenance]:
    """List up to `limit` + 1 visible windows that end after `since`, the earliest first."""
    query = _select().where(windows.c.ends_at > since)
    if visible.customer_id is not None:
        of_everybody: ColumnElement[bool] = windows.c.customer_id.is_(None)
        if visible.hidden_services:
            service = windows.c.service
            of_everybody &= or_(service.is_(None), service.not_in(visible.hidden_services))
        query = query.where(or_(windows.c.customer_id == visible.customer_id, of_everybody))
    order = (windows.c.starts_at, windows.c.id)
    rows = await tx.execute(page_after(query, order, after, limit))
    return [_to_maintenance(row) for row in rows]


async def list_touching(
    tx: Connection, customers: Collection[UUID] | None, start: datetime, end: datetime
) -> list[PlannedMaintenance]:
    """List the agreed maintenance that touches `[start, end)`.

    Of these customers (None: of any), and of all customers together.
    """
    is_agreed = windows.c.agreed_at.is_not(None)
    query = _select().where(is_agreed, windows.c.ends_at > start, windows.c.starts_at < end)
    if customers is not None:
        of_customers = windows.c.customer_id.in_(customers)
        query = query.where(or_(of_customers, windows.c.customer_id.is_(None)))
    return [_to_maintenance(row) for row in await tx.execute(query)]


def _select() -> Select[Any]:
    tier = environments.c.key == windows.c.environment
    return select(windows, environments.c.tier).join_from(windows, environments, tier, isouter=True)


def _values(maintenance: PlannedMaintenance) -> dict[str, Any]:
    own = {name: getattr(maintenance, name) for name in _COLUMNS}
    return own | {name: getattr(maintenance.scope, name) for name in _SCOPE_COLUMNS}


def _to_maintenance(row: Row[Any]) -> PlannedMaintenance:
    scope = Scope(row.customer_id, row.environment, row.service, row.tier, row.customer)
    return PlannedMaintenance(scope=scope, **{name: getattr(row, name) for name in _COLUMNS})
