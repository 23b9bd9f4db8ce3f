"""Maintenance windows that were announced, and who agreed to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, insert, or_, select, text, update

from common.persistence.database import Connection
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
    "sequence",
)


async def next_key(tx: Connection) -> str:
    """What people call the next window: `MW-17`."""
    number = await tx.scalar(text("SELECT nextval('maintenance_numbers')"))
    return f"MW-{number}"


async def add(tx: Connection, maintenance: PlannedMaintenance) -> None:
    await tx.execute(insert(windows).values(_values(maintenance)))


async def save(tx: Connection, maintenance: PlannedMaintenance) -> None:
    await tx.execute(
        update(windows).where(windows.c.id == maintenance.id).values(_values(maintenance))
    )


async def find(
    tx: Connection, id_or_key: UUID | str, *, lock: bool = False
) -> PlannedMaintenance | None:
    column = windows.c.id if isinstance(id_or_key, UUID) else windows.c.key
    query = _select().where(column == id_or_key)
    row = (await tx.execute(query.with_for_update(of=windows) if lock else query)).one_or_none()
    return _to_maintenance(row) if row else None


async def page(
    tx: Connection,
    visible: Visibility,
    since: datetime,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[PlannedMaintenance]:
    """Up to `limit` + 1 windows that end after `since`, the earliest first; a customer's own, and
    those of everybody."""
    query = _select().order_by(windows.c.starts_at, windows.c.id).limit(limit + 1)
    query = query.where(windows.c.ends_at > since)
    if visible.customer_id is not None:
        of_everybody: ColumnElement[bool] = windows.c.customer_id.is_(None)
        if visible.hidden_services:
            service = windows.c.service
            of_everybody &= or_(service.is_(None), service.not_in(visible.hidden_services))
        query = query.where(or_(windows.c.customer_id == visible.customer_id, of_everybody))
    if after is not None:
        at, id = after
        same_start = (windows.c.starts_at == at) & (windows.c.id > id)
        query = query.where((windows.c.starts_at > at) | same_start)
    return [_to_maintenance(row) for row in await tx.execute(query)]


async def list_touching(
    tx: Connection, customers: Collection[UUID] | None, start: datetime, end: datetime
) -> list[PlannedMaintenance]:
    """What was agreed beforehand and touches `[start, end)`: of these customers and of everybody;
    None: of all."""
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
