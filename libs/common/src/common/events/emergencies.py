"""Events of the delivery gate about emergency changes, on `opsdesk.deliveries`."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class EmergencyEvent(Event):
    """An event about an emergency change: without a version, because of a blocker."""

    topic: ClassVar[str] = "opsdesk.deliveries"
    source: ClassVar[str] = "opsdesk/delivery-gate"

    emergency_id: UUID
    emergency: str
    environment_id: UUID
    environment: str
    customer: str
    ticket_id: UUID
    ticket: str
    state: str
    by: str | None = None

    def subject(self) -> str:
        return f"emergency/{self.emergency_id}"

    def key(self) -> str:
        return str(self.ticket_id)


class EmergencyRequested(EmergencyEvent):
    """An emergency change was requested."""

    type: ClassVar[str] = "opsdesk.emergency.requested.v1"


class EmergencyAuthorized(EmergencyEvent):
    """A second person authorized the emergency change."""

    type: ClassVar[str] = "opsdesk.emergency.authorized.v1"


class EmergencyApplied(EmergencyEvent):
    """The emergency change was applied to the environment."""

    type: ClassVar[str] = "opsdesk.emergency.applied.v1"


class EmergencySettled(EmergencyEvent):
    """A verified delivery of `version` settled the debt of the emergency change."""

    type: ClassVar[str] = "opsdesk.emergency.settled.v1"
    version: str


class EmergencyLapsed(EmergencyEvent):
    """The environment was ended before a version contained the emergency change: no version is owed any
    more. `reason` says so in words."""

    type: ClassVar[str] = "opsdesk.emergency.lapsed.v1"
    reason: str


class EmergencyRevoked(EmergencyEvent):
    """The emergency change was revoked."""

    type: ClassVar[str] = "opsdesk.emergency.revoked.v1"
    reason: str


class EmergencyWithoutBlocker(EmergencyEvent):
    """The emergency change was applied after its Blocker had ended, as became known later. An
    investigation opens. `reason`: how the Blocker ended."""

    type: ClassVar[str] = "opsdesk.emergency.without_blocker.v1"
    applied_at: datetime
    blocker_ended_at: datetime
    reason: str


class EmergencyBlockerConfirmed(EmergencyEvent):
    """The emergency change is not without a Blocker after all: it was raised again in time, as became
    known still later."""

    type: ClassVar[str] = "opsdesk.emergency.blocker_confirmed.v1"
    applied_at: datetime
