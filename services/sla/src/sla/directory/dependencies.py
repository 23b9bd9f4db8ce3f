"""The customer that a request names, by id or key."""

from common.auth import Caller
from common.errors import NotFound, ValidationFailed, Violation
from common.persistence.database import Connection
from common.persistence.keys import id_or_key
from sla.directory.store import directory
from sla.directory.store.directory import Customer


async def get_visible_customer(tx: Connection, name: str, caller: Caller) -> Customer:
    """The customer of an address. Raises NotFound for one that is not known, and for those of others."""
    customer = await directory.find_customer(tx, id_or_key(name))
    if customer is None or not caller.can_see(customer.key):
        raise NotFound("This customer")
    return customer


async def get_named_customer(tx: Connection, name: str) -> Customer:
    """The customer that a body names as its `customer`. Raises ValidationFailed for one that is not known."""
    customer = await directory.find_customer(tx, id_or_key(name))
    if customer is None:
        raise ValidationFailed([unknown_customer(name, "/customer")])
    return customer


def unknown_customer(name: str, pointer: str) -> Violation:
    """What is wrong with a name that no customer has (I5)."""
    detail = f"there is no customer {name!r}; intake registers them"
    return Violation(pointer, "unknown_reference", detail)
