"""Who is the delivery manager of a customer and the product owner of a product. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

ResponsibleRole = Literal["dm", "po"]

ROLE_NAMES: Final[Mapping[ResponsibleRole, str]] = {"dm": "delivery manager", "po": "product owner"}


@dataclass(frozen=True, slots=True)
class Responsibility:
    """The delivery manager (`dm`) of a customer, or the product owner (`po`) of a product.

    `subject` is the key of the customer, or of the service that the product provides. `person` and
    `deputies` are `sub`s.
    """

    role: ResponsibleRole
    subject: str
    person: str
    deputies: tuple[str, ...]
    changed_by: str
    changed_at: datetime

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who answers, the first one first."""
        return tuple(dict.fromkeys((self.person, *self.deputies)))


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who answers for a ticket: empty where nobody is named, or all who were have left."""

    delivery_managers: tuple[str, ...] = ()
    product_owners: tuple[str, ...] = ()
