"""Events of intake about reference data, on `opsdesk.directory`: the whole state each time.

Staff are sent with their work address: escalation must reach them without asking anybody. The
names and addresses of contacts stay in intake; a digest of the address tells a service for whom
the portal speaks (`common.auth.address_digest`).
"""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from common.events.envelope import Event

Tier = Literal["production", "staging", "test", "development"]
RevocationKind = Literal["token", "person", "client"]


class DirectoryEvent(Event):
    """The whole present state of one entry of the directory."""

    topic: ClassVar[str] = "opsdesk.directory"
    source: ClassVar[str] = "opsdesk/intake"
    is_snapshot: ClassVar[bool] = True

    retired: bool = False


class CustomerKnown(DirectoryEvent):
    """The state of a customer. `tier` is a word of the house, such as `gold`; None: it has none."""

    type: ClassVar[str] = "opsdesk.directory.customer.v1"

    customer_id: UUID
    customer: str
    name: str
    timezone: str
    language: str
    tier: str | None = None

    def subject(self) -> str:
        return f"customer/{self.customer_id}"


class ContactKnown(DirectoryEvent):
    """The state of a customer's contact, without name and address.

    `counts_for` registered them: where two people are needed they count for that one, until a second
    person has confirmed that they are somebody else. The portal speaks for them by their first address; by
    each of their others, too, they are told from other persons.
    """

    type: ClassVar[str] = "opsdesk.directory.contact.v1"

    contact_id: UUID
    customer_id: UUID
    customer: str
    language: str
    erased: bool = False
    address_digest: str | None = None
    other_address_digests: list[str] = Field(default_factory=list)
    counts_for: str | None = None

    def subject(self) -> str:
        return f"contact/{self.contact_id}"


class EnvironmentKnown(DirectoryEvent):
    """The state of a customer's environment."""

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
    """The state of a partner."""

    type: ClassVar[str] = "opsdesk.directory.partner.v1"

    partner_id: UUID
    partner: str
    name: str
    timezone: str
    email: str | None

    def subject(self) -> str:
        return f"partner/{self.partner_id}"


class TeamKnown(DirectoryEvent):
    """The state of a team of the house, to whom tickets are assigned; `members` are `sub`s.

    The teams that roles are (`common.events.escalations.TEAMS`) are not announced: everybody knows them.
    """

    type: ClassVar[str] = "opsdesk.directory.team.v1"

    team_id: UUID
    team: str
    name: str
    members: list[str]

    def subject(self) -> str:
        return f"team/{self.team_id}"


class PersonKnown(DirectoryEvent):
    """The state of a member of staff. `sub` is the subject of the person's tokens."""

    type: ClassVar[str] = "opsdesk.directory.person.v1"

    person_id: UUID
    sub: str
    name: str
    email: str
    phone: str | None = None
    timezone: str
    roles: list[str]

    @property
    def of_partner(self) -> bool:
        """Whether this is one of a partner's people, and none of ours (decision 0930)."""
        return "partner" in self.roles

    def subject(self) -> str:
        return f"person/{self.person_id}"


class TokensRevoked(DirectoryEvent):
    """Tokens that no longer hold: one by its `jti`, or all of a person (`sub`) or a client.

    `name` is that `jti`, `sub` or client id. Of persons and clients those hold no longer that were
    issued until `issued_until`; after `expires_at` none of them would hold anyway. Both are real time.
    `by` is the `sub` of who revoked them.
    """

    type: ClassVar[str] = "opsdesk.directory.tokens_revoked.v1"

    revocation_id: UUID
    kind: RevocationKind
    name: str
    issued_until: AwareDatetime
    expires_at: AwareDatetime
    by: str

    def subject(self) -> str:
        return f"revocation/{self.revocation_id}"
