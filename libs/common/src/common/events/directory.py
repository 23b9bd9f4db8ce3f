"""Reference data, whole state each time, on `opsdesk.directory`.

Staff travel with their work address, because escalation must reach them without asking anybody.
Contacts of customers travel without name and address: those stay in intake. Their address leaves a
digest, by which a service knows for whom the portal speaks (`common.auth.address_digest`).
"""

from typing import ClassVar, Literal
from uuid import UUID

from common.events.envelope import Event

Tier = Literal["production", "staging", "test", "development"]


class DirectoryEvent(Event):
    topic: ClassVar[str] = "opsdesk.directory"
    source: ClassVar[str] = "opsdesk/intake"
    is_snapshot: ClassVar[bool] = True

    retired: bool = False


class CustomerKnown(DirectoryEvent):
    type: ClassVar[str] = "opsdesk.directory.customer.v1"

    customer_id: UUID
    customer: str
    name: str
    timezone: str
    language: str

    def subject(self) -> str:
        return f"customer/{self.customer_id}"


class ContactKnown(DirectoryEvent):
    type: ClassVar[str] = "opsdesk.directory.contact.v1"

    contact_id: UUID
    customer_id: UUID
    customer: str
    language: str
    erased: bool = False
    address_digest: str | None = None

    def subject(self) -> str:
        return f"contact/{self.contact_id}"


class EnvironmentKnown(DirectoryEvent):
    type: ClassVar[str] = "opsdesk.directory.environment.v1"

    environment_id: UUID
    environment: str
    customer_id: UUID
    customer: str
    tier: Tier
    name: str

    def subject(self) -> str:
        return f"environment/{self.environment_id}"


class PartnerKnown(DirectoryEvent):
    type: ClassVar[str] = "opsdesk.directory.partner.v1"

    partner_id: UUID
    partner: str
    name: str
    timezone: str
    email: str | None

    def subject(self) -> str:
        return f"partner/{self.partner_id}"


class PersonKnown(DirectoryEvent):
    """A member of staff. `sub` is the subject of the person's tokens."""

    type: ClassVar[str] = "opsdesk.directory.person.v1"

    person_id: UUID
    sub: str
    name: str
    email: str
    phone: str | None = None
    timezone: str
    roles: list[str]

    def subject(self) -> str:
        return f"person/{self.person_id}"
