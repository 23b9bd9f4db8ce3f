"""Waivers as they are asked for and as they are told."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Asked, Told
from sla.waivers.waiver import WaiverState

Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class WaiverAsked(Asked):
    """Of one clock (`clock_id`), or of all clocks of a `customer` (and `service`; null: of all) that
    break within `[starts_at, ends_at)`, also of those that start later.

    `expires_at`: a breach at or after it is not covered. Of a period it may be left out.
    """

    clock_id: UUID | None = None
    customer: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    service: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: Reason
    expires_at: datetime | None = None


class DecisionAsked(Asked):
    reason: Reason | None = None


class EndingAsked(Asked):
    reason: Reason


class WaiverTold(Told):
    """`late`: approved too late to cover anything; it changes nothing (C11). `ended_by`,
    `ended_at`, `ending`: who withdrew the request or revoked the approval, and why."""

    id: UUID
    key: str
    clock_id: UUID | None
    customer: str | None
    service: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: WaiverState
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    late: bool
    reminded_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    ending: str | None
