"""Reference data as it is asked for and shown."""

from typing import Annotated, Final, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from common.http import Asked, Told
from intake.directory.domain.address import is_address, normal
from intake.directory.domain.environment import Tier

ZONES: Final = frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in ZONES:
        raise PydanticCustomError("unknown_zone", "give an IANA zone like Europe/Amsterdam")
    return name


def _address(text: str) -> str:
    if not is_address(text.strip()):
        raise PydanticCustomError("no_address", "give a mail address like jan@acme.example")
    return normal(text)


Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", examples=["acme-prod"])]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(_zone)]
Address = Annotated[str, Field(max_length=254), AfterValidator(_address)]
Phone = Annotated[str, Field(min_length=3, max_length=40)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", examples=["nl"])]
Role = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]


class CustomerAsked(Asked):
    key: Key
    name: Name
    timezone: Zone = "UTC"
    language: Language = "en"


class ContactAsked(Asked):
    name: Name
    address: Address
    phone: Phone | None = None
    language: Language = "en"


class EnvironmentAsked(Asked):
    key: Key
    tier: Tier
    name: Name


class PartnerAsked(Asked):
    key: Key
    name: Name
    timezone: Zone = "UTC"
    email: Address | None = None


class PersonAsked(Asked):
    """A member of staff; `sub` is the subject of the person's tokens."""

    sub: Name
    name: Name
    email: Address
    phone: Phone | None = None
    timezone: Zone = "UTC"
    roles: Annotated[list[Role], Field(max_length=8)]


class CustomerShown(Told):
    id: UUID
    key: str
    name: str
    timezone: str
    language: str
    sequence: int


class ContactShown(Told):
    id: UUID
    customer: str
    name: str
    address: str | None
    phone: str | None
    language: str
    sequence: int


class EnvironmentShown(Told):
    id: UUID
    key: str
    customer: str
    tier: Tier
    name: str
    sequence: int


class PartnerShown(Told):
    id: UUID
    key: str
    name: str
    timezone: str
    email: str | None
    sequence: int


class PersonShown(Told):
    id: UUID
    sub: str
    name: str
    email: str
    phone: str | None
    timezone: str
    roles: list[str]
    sequence: int
