"""Request and response models of access requests."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import VISIBLE, Name
from intake.access_requests.domain import AccessRequest, AccessState, Decision, OwedRemoval
from intake.tickets.schemas.fields import OptionalText, Words

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=VISIBLE)]


class AccessRequestCreate(RequestModel):
    """Who (`person`: a `sub`, or `contact/<id>`) shall have which access to what, why, and until when.

    `resource` names the system, `level` what one may do there; `until` is the last day.
    """

    person: Annotated[Name, Refers("person", by_route=True)]
    environment: Annotated[Name | None, Refers("environment")] = None
    resource: Line
    level: Line
    reason: Words
    until: date


class AccessDecision(RequestModel):
    """Whether the access is approved, and why."""

    decision: Decision
    reason: OptionalText = None


class RemovalRequest(RequestModel):
    """Why the access shall be taken away before its last day."""

    reason: Words


class AccessRequestRead(ResponseModel):
    """An access of one person, with everybody who asked, approved, gave, verified and took it.

    `owed_removal`: it is to be taken away, because its person has `left`, it is `expired`, or somebody
    `asked`. `recertification_due`: nobody has said for 90 days that it is still needed.
    """

    id: UUID
    key: str
    state: AccessState
    owed_removal: OwedRemoval | None
    recertification_due: bool
    person: str
    environment: str | None
    resource: str
    level: str
    reason: str
    until: date
    requested_by: str
    requested_at: datetime
    decision: Decision | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    granted_by: str | None
    granted_at: datetime | None
    grant_verified_by: str | None
    grant_verified_at: datetime | None
    recertified_by: str | None
    recertified_at: datetime | None
    removal_asked_by: str | None
    removal_asked_at: datetime | None
    removal_reason: str | None
    removed_by: str | None
    removed_at: datetime | None
    removal_verified_by: str | None
    removal_verified_at: datetime | None


def to_read(access: AccessRequest, at: datetime) -> AccessRequestRead:
    """The access as it stands at this instant."""
    values = {name: getattr(access, name) for name in AccessRequest.__slots__}
    today = at.date()
    return AccessRequestRead.model_validate(
        values
        | {
            "state": access.state(today),
            "owed_removal": access.owed_removal(today),
            "recertification_due": access.is_recertification_due(at),
        }
    )
