"""Agreements as they are asked for and as they are told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from common.events.tickets import Kind, Priority
from common.http import Asked, Told
from common.ids import uuid7
from sla.agreements.agreement import SHARES, Agreement, Contract, Metric, Target
from sla.routes.simulating import Seconds, Share
from sla.routes.wish import CalendarWish, Name
from sla.store.agreements import AgreementVersion

SECOND = timedelta(seconds=1)


class TargetAsked(Asked):
    """`target_seconds` null: nothing is promised. Without `kind`: for every kind of ticket."""

    metric: Metric
    priority: Priority
    target_seconds: Seconds | None
    pausable: bool = True
    kind: Kind | None = None


class AgreementAsked(Asked):
    """A key that exists already gets its next version. `calendars`: those of single priorities,
    so that a blocker may run around the clock (R10)."""

    key: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    customer: Name
    contract: Contract = "sla"
    service: Name | None = None
    calendar: CalendarWish
    calendars: dict[Priority, CalendarWish] = Field(default_factory=dict)
    targets: Annotated[list[TargetAsked], Field(min_length=1, max_length=200)]
    warnings: Annotated[list[Share], Field(max_length=20)] = Field(default=list(SHARES))
    warn_before_seconds: Annotated[list[Seconds], Field(max_length=20)] = Field(default=[])
    valid_from: datetime
    valid_until: datetime | None = None

    @model_validator(mode="after")
    def _fits(self) -> "AgreementAsked":
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be later than valid_from")
        named = [(target.metric, target.priority, target.kind) for target in self.targets]
        if len(named) != len(set(named)):
            raise ValueError("each metric, priority and kind has one target")
        return self


class TargetTold(Told):
    metric: str
    priority: str
    kind: str | None
    target_seconds: int | None
    pausable: bool


class AgreementTold(Told):
    """`id` is that of the version."""

    id: UUID
    agreement_id: UUID
    key: str
    version: int
    state: Literal["draft", "published"]
    customer: str
    contract: str
    service: str | None
    calendar: UUID
    calendars: dict[str, UUID]
    targets: list[TargetTold]
    warnings: list[float]
    warn_before_seconds: list[int]
    valid_from: datetime
    valid_until: datetime | None
    proposed_by: str
    proposed_at: datetime
    published_by: str | None
    published_at: datetime | None


def draft_of(
    asked: AgreementAsked, version: int, customer_id: UUID, used: Mapping[str, UUID]
) -> Agreement:
    return Agreement(
        id=uuid7(),
        key=asked.key,
        version=version,
        customer_id=customer_id,
        valid_from=asked.valid_from,
        valid_until=asked.valid_until,
        targets=tuple(
            Target(
                one.metric,
                one.priority,
                None if one.target_seconds is None else one.target_seconds * SECOND,
                one.pausable,
                one.kind,
            )
            for one in asked.targets
        ),
        calendar=used[""],
        calendars={priority: id for priority, id in used.items() if priority},
        service=asked.service,
        contract=asked.contract,
        shares=tuple(sorted(set(asked.warnings))),
        ahead=tuple(before * SECOND for before in sorted(set(asked.warn_before_seconds))),
    )


def told(found: AgreementVersion) -> AgreementTold:
    version = found.agreement
    return AgreementTold(
        id=version.id,
        agreement_id=found.agreement_id,
        key=version.key,
        version=version.version,
        state="draft" if found.published_at is None else "published",
        customer=found.customer,
        contract=version.contract,
        service=version.service,
        calendar=version.calendar,
        calendars=dict(version.calendars),
        targets=[
            TargetTold(
                metric=one.metric,
                priority=one.priority,
                kind=one.kind,
                target_seconds=None if one.within is None else one.within // SECOND,
                pausable=one.pausable,
            )
            for one in version.targets
        ],
        warnings=list(version.shares),
        warn_before_seconds=[before // SECOND for before in version.ahead],
        valid_from=version.valid_from,
        valid_until=version.valid_until,
        proposed_by=found.proposed_by,
        proposed_at=found.proposed_at,
        published_by=found.published_by,
        published_at=found.published_at,
    )
