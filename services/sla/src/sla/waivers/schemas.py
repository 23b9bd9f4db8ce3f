"""Request and response models of waivers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from common.domain.allowed_act import AllowedAct
from common.domain.durations import SECOND
from common.http import Allowed, Refers, RequestModel, ResponseModel, to_allowed
from common.http.fields import KeyRef, Reason
from common.persistence.database import Connection, transaction_time
from sla.waivers.domain.waiver import Waiver, WaiverState
from sla.waivers.store.decide_by import Scope, load_scopes


class WaiverCreate(RequestModel):
    """A waiver of one clock (`clock_id`), or of the clocks of a `customer` over a period.

    Over a period: all clocks of the customer (of `service` if given) that breach within
    `[starts_at, ends_at)`, also those that start later. `expires_at`: a breach at this instant or
    later is not covered; optional for a period.
    """

    clock_id: UUID | None = None
    customer: Annotated[KeyRef | None, Refers("customer")] = None
    service: Annotated[KeyRef | None, Refers("service")] = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: Reason
    expires_at: datetime | None = None


class WaiverDecision(RequestModel):
    reason: Reason | None = None


class WaiverEnd(RequestModel):
    reason: Reason


class WaiverRead(ResponseModel):
    """A waiver. `ticket` and `metric`: what its clock measures; null for a period.

    `decide_by`, `remaining_seconds`: by when an undecided request must be decided to cover everything
    that it is about, and how many seconds that is from now (0 when it has passed); null where
    nothing can breach at present, such as a paused clock. `late`: approved too late to cover
    anything; it changes nothing. `ended_by`, `ended_at`, `end_reason`: who withdrew the request or
    revoked the approval, and why.
    """

    id: UUID
    key: str
    clock_id: UUID | None
    ticket: str | None = None
    metric: str | None = None
    customer: str | None
    service: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    decide_by: datetime | None = None
    remaining_seconds: int | None = None
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: WaiverState
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    late: bool
    reminded_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    end_reason: str | None


class WaiverDetail(WaiverRead):
    """A waiver, and what its reader may do with it now (`allowed`)."""

    allowed: list[Allowed]


async def to_detail(tx: Connection, waiver: Waiver, acts: Iterable[AllowedAct]) -> WaiverDetail:
    """The waiver as it is at this moment, with what may be done."""
    values = (await to_response(tx, waiver)).model_dump()
    return WaiverDetail(**values, allowed=to_allowed(acts))


async def to_responses(tx: Connection, waivers: Iterable[Waiver]) -> list[WaiverRead]:
    """Return waivers as they are at this moment, in the same order."""
    ordered = list(waivers)
    at = await transaction_time(tx)
    scopes_by_id = await load_scopes(tx, [one.id for one in ordered], at)
    return [_to_response(one, scopes_by_id[one.id], at) for one in ordered]


async def to_response(tx: Connection, waiver: Waiver) -> WaiverRead:
    (response,) = await to_responses(tx, [waiver])
    return response


def _to_response(waiver: Waiver, scope: Scope, at: datetime) -> WaiverRead:
    decide_by = scope.decide_by if waiver.state == "requested" else None
    remaining_seconds = None if decide_by is None else max((decide_by - at) // SECOND, 0)
    time = {"decide_by": decide_by, "remaining_seconds": remaining_seconds}
    more = {"ticket": scope.ticket, "metric": scope.metric, **time}
    return WaiverRead.model_validate(waiver).model_copy(update=more)
