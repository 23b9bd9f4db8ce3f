"""What can be changed of reference data; what is left out stays."""

from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.http import RequestModel
from common.http.fields import Key, Name, Timezone
from intake.directory.schemas import Address, Language, Phone

Addresses = Annotated[list[Address], Field(max_length=10)]
Phones = Annotated[list[Phone], Field(max_length=10)]


class UpdateModel(RequestModel):
    """A change: the given fields are set, what is left out stays. Only some may be null."""

    @model_validator(mode="after")
    def _null_only_where_nothing_is_possible(self) -> "UpdateModel":
        for name in self.model_fields_set:
            if getattr(self, name) is None and name not in {"phone", "email", "tier"}:
                raise PydanticCustomError("null", f"leave `{name}` out where it shall stay")
        return self

    @property
    def changes(self) -> dict[str, Any]:
        """What is to be changed, by name."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items()}


class CustomerUpdate(UpdateModel):
    """What can be changed of a customer: not its key. Another `tier` counts for tickets opened from then on."""

    name: Name | None = None
    timezone: Timezone | None = None
    language: Language | None = None
    tier: Key | None = None


class ContactUpdate(UpdateModel):
    """What can be changed of a contact: not whose contact it is.

    With an address given or taken they count for the caller where two people are needed, until another
    person confirms them.
    """

    name: Name | None = None
    address: Address | None = None
    other_addresses: Addresses | None = None
    phone: Phone | None = None
    other_phones: Phones | None = None
    language: Language | None = None
    wants_mail: bool | None = None
    wants_notices: bool | None = None


class EnvironmentUpdate(UpdateModel):
    """What can be changed of an environment: neither key nor tier, on which promises depend."""

    name: Name | None = None


class PartnerUpdate(UpdateModel):
    """What can be changed of a partner: not its key."""

    name: Name | None = None
    timezone: Timezone | None = None
    email: Address | None = None


class PersonUpdate(UpdateModel):
    """What one person can change of a member of staff: neither roles nor where pages reach them."""

    name: Name | None = None
    timezone: Timezone | None = None
