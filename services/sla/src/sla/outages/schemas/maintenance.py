"""Request and response models of planned maintenance."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.auth import Caller
from common.http import RequestModel
from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.schemas.scope import ScopedCreate, ScopedRead


class MaintenanceCreate(ScopedCreate):
    """Maintenance over `[starts_at, ends_at)`. Customers read the `title`."""

    title: Annotated[str, Field(min_length=3, max_length=200)]
    starts_at: datetime
    ends_at: datetime


class MaintenanceAgree(RequestModel):
    """The window `[starts_at, ends_at)` that the caller has read and agrees to."""

    starts_at: datetime
    ends_at: datetime


class MaintenanceMove(RequestModel):
    """The new window `[starts_at, ends_at)`."""

    starts_at: datetime
    ends_at: datetime


class MaintenanceRead(ScopedRead):
    """Downtime in it is excluded once `agreed_at` is set, and until `cancelled_at`.

    `moved_at`: when it got its present window, which has to be agreed to anew; None: as announced.
    """

    id: UUID
    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    announced_by: str | None
    announced_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    moved_by: str | None
    moved_at: datetime | None
    cancelled_at: datetime | None


def to_response(maintenance: PlannedMaintenance, caller: Caller) -> MaintenanceRead:
    """Build the response; customers do not see the names of staff."""
    names_hidden = caller.customer is not None
    scope = maintenance.scope
    return MaintenanceRead(
        customer=scope.customer,
        environment=scope.environment,
        service=scope.service,
        id=maintenance.id,
        key=maintenance.key,
        title=maintenance.title,
        starts_at=maintenance.starts_at,
        ends_at=maintenance.ends_at,
        announced_by=None if names_hidden else maintenance.announced_by,
        announced_at=maintenance.announced_at,
        agreed_by=None if names_hidden else maintenance.agreed_by,
        agreed_at=maintenance.agreed_at,
        moved_by=None if names_hidden else maintenance.moved_by,
        moved_at=maintenance.moved_at,
        cancelled_at=maintenance.cancelled_at,
    )
