"""Events of the delivery gate about environments, on `opsdesk.deliveries`."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from common.events.envelope import Event


class EnvironmentEvent(Event):
    """An event about an environment."""

    topic: ClassVar[str] = "opsdesk.deliveries"
    source: ClassVar[str] = "opsdesk/delivery-gate"

    environment_id: UUID
    environment: str
    customer: str

    def subject(self) -> str:
        return f"environment/{self.environment_id}"


class EnvironmentInDebt(EnvironmentEvent):
    """An emergency change left an unversioned state: a delivery is due until `due_at`."""

    type: ClassVar[str] = "opsdesk.environment.in_debt.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime


class EnvironmentDebtOverdue(EnvironmentEvent):
    """The delivery that an emergency change asks for is overdue."""

    type: ClassVar[str] = "opsdesk.environment.debt_overdue.v1"
    emergency_id: UUID
    emergency: str
    due_at: AwareDatetime
    fired_at: AwareDatetime


class EnvironmentReleased(EnvironmentEvent):
    """The environment was ended while it owed a version with this emergency change: it owes it no more."""

    type: ClassVar[str] = "opsdesk.environment.released.v1"
    emergency_id: UUID
    emergency: str


class EnvironmentDrifted(EnvironmentEvent):
    """The environment runs another digest than was delivered: `observed`."""

    type: ClassVar[str] = "opsdesk.environment.drifted.v1"
    observed: str


class EnvironmentCompliant(EnvironmentEvent):
    """The environment runs what was delivered again."""

    type: ClassVar[str] = "opsdesk.environment.compliant.v1"
