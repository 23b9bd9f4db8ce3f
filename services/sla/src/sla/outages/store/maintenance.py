"""Maintenance windows that were announced, and who agreed to them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, insert, or_, select, text, update

from common.persistence.database import Connection
from sla.directory.tables import environments
from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.domain.scope import Place
from sla.outages.store.visibility import Theirs
from sla.outages.tables import maintenance_windows as windows

_PLACE = ("customer_id", "customer", "environment", "service")
_OWN = (
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


async def add(tx: Connection, planned: PlannedMaintenance) -> None:
    await tx.execute(insert(windows).values(_values(planned)))


async def save(tx: Connection, planned: PlannedMaintenance) -> None:
    await tx.execute(update(windows).where(windows.c.id == planned.id).values(_values(planned)))


async def find(
    tx: Connection, id_or_key: UUID | str, *, lock: bool = False
) -> PlannedMaintenance | None:
    column = windows.c.id if isinstance(id_or_key, UUID) else windows.c.key
    found = _all().where(column == id_or_key)
    row = (await tx.execute(found.with_for_update(of=windows) if lock else found)).one_or_none()
    return _planned(row) if row else None


async def page(
    tx: Connection,
    theirs: Theirs,
    since: datetime,
    limit: int,
    after: tuple[datetime, UUID] | None,
) -> list[PlannedMaintenance]:
    """Up to `limit` + 1 windows that end after `since`, the earliest first; a customer's own, and
    those of everybody."""
    listed = _all().order_by(windows.c.starts_at, windows.c.id).limit(limit + 1)
    listed = listed.where(windows.c.ends_at > since)
    if theirs.customer_id is not None:
        everybodys: ColumnElement[bool] = windows.c.customer_id.is_(None)
        if theirs.others:
            service = windows.c.service
            everybodys &= or_(service.is_(None), service.not_in(theirs.others))
        listed = listed.where(or_(windows.c.customer_id == theirs.customer_id, everybodys))
    if after is not None:
        at, id = after
        same = (windows.c.starts_at == at) & (windows.c.id > id)
        listed = listed.where((windows.c.starts_at > at) | same)
    return [_planned(row) for row in await tx.execute(listed)]


async def touching(
    tx: Connection, customers: Collection[UUID] | None, start: datetime, end: datetime
) -> list[PlannedMaintenance]:
    """What was agreed beforehand and touches `[start, end)`: of these customers and of everybody;
    None: of all."""
    agreed = windows.c.agreed_at.is_not(None)
    found = _all().where(agreed, windows.c.ends_at > start, windows.c.starts_at < end)
    if customers is not None:
        theirs = windows.c.customer_id.in_(customers)
        found = found.where(or_(theirs, windows.c.customer_id.is_(None)))
    return [_planned(row) for row in await tx.execute(found)]


def _all() -> Select[Any]:
    tier = environments.c.key == windows.c.environment
    return select(windows, environments.c.tier).join_from(windows, environments, tier, isouter=True)


def _values(planned: PlannedMaintenance) -> dict[str, Any]:
    own = {name: getattr(planned, name) for name in _OWN}
    return own | {name: getattr(planned.place, name) for name in _PLACE}


def _planned(row: Row[Any]) -> PlannedMaintenance:
    place = Place(row.customer_id, row.environment, row.service, row.tier, row.customer)
    return PlannedMaintenance(place=place, **{name: getattr(row, name) for name in _OWN})
