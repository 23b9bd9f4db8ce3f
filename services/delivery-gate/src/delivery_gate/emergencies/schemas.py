"""Request and response models of emergency changes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from common.http import Refers, RequestModel, ResponseModel
from delivery_gate.emergencies.domain import EmergencyState
from delivery_gate.fields import EnvironmentName, FreeText, Line


class EmergencyCreate(RequestModel):
    """A request for a change without a version. `ticket`: id or key of the open Blocker on this
    environment. `description`: what is going to be changed, and why."""

    environment: EnvironmentName
    ticket: Annotated[Line, Refers("ticket", by_route=True)]
    description: FreeText


class EmergencyRevoke(RequestModel):
    """Why the change is revoked."""

    reason: FreeText


class EmergencyRead(ResponseModel):
    """An emergency change. The version that pays its debt names its id or key in `contains`;
    `settled_by_delivery` is the id of the delivery of that version. `lapsed_at`:
    when the environment was ended before that. `without_blocker`: the Blocker had
    ended before the change was applied, at `blocker_ended_at`, and the gate heard of it later."""

    id: UUID
    key: str
    environment: str
    ticket_id: UUID
    ticket: str
    description: str
    state: EmergencyState
    requested_by: str
    requested_at: datetime
    authorized_by: str | None
    authorized_at: datetime | None
    applied_by: str | None
    applied_at: datetime | None
    settled_by_delivery: UUID | None
    settled_at: datetime | None
    lapsed_at: datetime | None
    revoked_at: datetime | None
    revocation_reason: str | None
    without_blocker: bool
    blocker_ended_at: datetime | None
