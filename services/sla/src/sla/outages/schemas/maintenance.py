"""Maintenance as it is asked for and answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.auth import Caller
from sla.outages.domain.maintenance import PlannedMaintenance
from sla.outages.schemas.scope import PlacedAsked, PlacedTold


class MaintenanceAsked(PlacedAsked):
    """`[starts_at, ends_at)`. `title` is read by customers."""

    title: Annotated[str, Field(min_length=3, max_length=200)]
    starts_at: datetime
    ends_at: datetime


class MaintenanceTold(PlacedTold):
    """It excuses downtime once `agreed_at` is set, and until `cancelled_at`."""

    id: UUID
    key: str
    title: str
    starts_at: datetime
    ends_at: datetime
    announced_by: str | None
    announced_at: datetime
    agreed_by: str | None
    agreed_at: datetime | None
    cancelled_at: datetime | None


def told(planned: PlannedMaintenance, caller: Caller) -> MaintenanceTold:
    """Customers are not told which of us said so."""
    hidden = caller.customer is not None
    place = planned.place
    return MaintenanceTold(
        customer=place.customer,
        environment=place.environment,
        service=place.service,
        id=planned.id,
        key=planned.key,
        title=planned.title,
        starts_at=planned.starts_at,
        ends_at=planned.ends_at,
        announced_by=None if hidden else planned.announced_by,
        announced_at=planned.announced_at,
        agreed_by=None if hidden else planned.agreed_by,
        agreed_at=planned.agreed_at,
        cancelled_at=planned.cancelled_at,
    )
