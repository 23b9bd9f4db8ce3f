"""Response models of what an agreement promises: targets, windows of maintenance, the price."""

from datetime import datetime
from uuid import UUID

from common.domain.durations import SECOND
from common.http import ResponseModel
from sla.agreements.domain.agreement import Agreement


class TargetRead(ResponseModel):
    metric: str
    priority: str
    kind: str | None
    environment_tier: str | None
    channel: str | None
    customer_tier: str | None
    tag: str | None
    target_seconds: int | None
    pausable: bool


class WindowRead(ResponseModel):
    starts_at: datetime
    ends_at: datetime


class MaintenanceTermsRead(ResponseModel):
    """`calendar`: the calendar version that is open during the weekly windows."""

    calendar: UUID | None
    dated: list[WindowRead]


class PriceRead(ResponseModel):
    """Per month."""

    amount: str
    currency: str


def targets_to_response(version: Agreement) -> list[TargetRead]:
    """The targets in the order of the agreement."""
    return [
        TargetRead(
            metric=one.metric,
            priority=one.priority,
            kind=one.kind,
            environment_tier=one.environment_tier,
            channel=one.channel,
            customer_tier=one.customer_tier,
            tag=one.tag,
            target_seconds=None if one.within is None else one.within // SECOND,
            pausable=one.pausable,
        )
        for one in version.targets
    ]


def maintenance_to_response(version: Agreement) -> MaintenanceTermsRead:
    """The agreed windows."""
    maintenance = version.maintenance
    windows = [WindowRead(starts_at=start, ends_at=end) for start, end in maintenance.dated]
    return MaintenanceTermsRead(calendar=maintenance.weekly, dated=windows)
