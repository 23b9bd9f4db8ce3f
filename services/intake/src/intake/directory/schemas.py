"""Request and response models of reference data."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from common.http import RequestModel, ResponseModel
from common.http.fields import VISIBLE, Key, Name, Timezone
from intake.directory.domain.address import is_address, normalise
from intake.directory.domain.environment import Tier


def _normalise_address(text: str) -> str:
    if not is_address(text.strip()):
        raise PydanticCustomError("no_address", "give an e-mail address like jan@acme.example")
    return normalise(text)


Address = Annotated[str, Field(max_length=254), AfterValidator(_normalise_address)]
Phone = Annotated[str, Field(min_length=3, max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", examples=["nl"])]
Reason = Annotated[str, Field(min_length=1, max_length=1000, pattern=VISIBLE)]
Role = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]


class CustomerCreate(RequestModel):
    """A customer to register. `tier` is a word of the house, such as `gold`: agreements may promise by it."""

    key: Key
    name: Name
    timezone: Timezone = "UTC"
    language: Language = "en"
    tier: Key | None = None


class ContactCreate(RequestModel):
    """A contact to register.

    `wants_mail`: our answers on tickets that did not come by e-mail are mailed, too. `wants_notices`: notices of
    outages, maintenance and deliveries are mailed. Mails from
    `other_addresses` are recognised as well, and calls from every number, in any notation.
    """

    name: Name
    address: Address
    phone: Phone | None = None
    language: Language = "en"
    wants_mail: bool = False
    wants_notices: bool = True
    other_addresses: Annotated[list[Address], Field(max_length=10)] = Field(default_factory=list)
    other_phones: Annotated[list[Phone], Field(max_length=10)] = Field(default_factory=list)

    def to_fields(self) -> dict[str, Any]:
        """The fields of the contact; each address once."""
        others = dict.fromkeys(one for one in self.other_addresses if one != self.address)
        phones = tuple(dict.fromkeys(self.other_phones))
        return self.model_dump() | {"other_addresses": tuple(others), "other_phones": phones}


class EnvironmentCreate(RequestModel):
    """An environment to register."""

    key: Key
    tier: Tier
    name: Name


class PartnerCreate(RequestModel):
    """A partner to register."""

    key: Key
    name: Name
    timezone: Timezone = "UTC"
    email: Address | None = None


class PersonCreate(RequestModel):
    """A member of staff to register; `sub` is the subject of the person's tokens."""

    sub: Name
    name: Name
    email: Address
    phone: Phone | None = None
    timezone: Timezone = "UTC"
    roles: Annotated[list[Role], Field(max_length=8)]


class RolesUpdate(RequestModel):
    """All the roles that a person shall have."""

    roles: Annotated[list[Role], Field(max_length=8)]
    reason: Reason


class EndRequest(RequestModel):
    """Why somebody or something of the directory is ended."""

    reason: Reason


class PendingChangeRead(ResponseModel):
    """What waits for a second person: `ends` says that the person leaves.

    It waits since `requested_at`; `requested_by` is who asked last.
    """

    roles: list[str]
    ends: bool
    requested_by: str
    requested_at: datetime


class CustomerRead(ResponseModel):
    """A customer. `sequence` is the one of the last event about it.

    It is `retired` once the end that `end_asked_by` asked for was confirmed.
    """

    id: UUID
    key: str
    name: str
    timezone: str
    language: str
    tier: str | None
    retired: bool
    end_asked_by: str | None
    end_asked_at: datetime | None
    sequence: int


class ContactRead(ResponseModel):
    """A contact; `customer` is a key. `address` is null once the contact is erased.

    `counts_for` registered them: where two people are needed they count for that one, until another
    person has confirmed them.
    """

    id: UUID
    customer: str
    name: str
    address: str | None
    phone: str | None
    language: str
    counts_for: str | None
    retired: bool
    wants_mail: bool
    wants_notices: bool
    other_addresses: list[str]
    other_phones: list[str]
    sequence: int


class EnvironmentRead(ResponseModel):
    """An environment; `customer` is a key. It is `retired` once the end that `end_asked_by` asked for was confirmed."""

    id: UUID
    key: str
    customer: str
    tier: Tier
    name: str
    retired: bool
    end_asked_by: str | None
    end_asked_at: datetime | None
    sequence: int


class PartnerRead(ResponseModel):
    """A partner to whom tickets are forwarded."""

    id: UUID
    key: str
    name: str
    timezone: str
    email: str | None
    retired: bool
    sequence: int


class PersonRead(ResponseModel):
    """A member of staff; `sub` is the subject of the person's tokens."""

    id: UUID
    sub: str
    name: str
    email: str
    phone: str | None
    timezone: str
    roles: list[str]
    retired: bool
    pending: PendingChangeRead | None
    sequence: int
