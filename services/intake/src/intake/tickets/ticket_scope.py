"""The customer, environment and service for which a caller opens a ticket."""

from common.auth import Caller
from common.errors import Forbidden, ValidationFailed, Violation
from common.http.references import Reference
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.reference_cache import ReferenceCache
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.schemas.requests import TicketCreate


async def resolve_scope(
    references: ReferenceCache, caller: Caller, body: TicketCreate
) -> TicketScope:
    """The scope that the body names; a contact's own customer is the default.

    Raises Forbidden, or ValidationFailed where a key is missing or unknown (I5). Contacts cannot tell
    other customers from unknown ones, nor services that they did not buy.
    """
    key = body.customer or caller.customer
    if key is None:
        raise ValidationFailed([Violation("/customer", "missing", "name the `customer`")])
    if caller.customer is not None and (body.channel or body.opened_at):
        raise Forbidden("`channel` and `opened_at` are for staff. Leave them out.")
    customer = await references.get_customer(key) if caller.can_see(key) else None
    if customer is None:
        raise await references.unknown(caller, Reference("/customer", "customer", key))
    environment = await _environment(references, caller, customer, body.environment)
    if body.service is not None and not await references.has_service(body.service, caller.customer):
        raise await references.unknown(caller, Reference("/service", "service", body.service))
    return TicketScope(customer.id, customer.key, environment)


async def _environment(
    references: ReferenceCache, caller: Caller, customer: Customer, key: str | None
) -> Environment | None:
    if key is None:
        return None
    environment = await references.get_environment(key)
    if environment is not None and environment.customer_id == customer.id:
        return environment
    if environment is None and caller.customer is None:
        raise await references.unknown(caller, Reference("/environment", "environment", key))
    detail = f"{customer.key} has no environment {key}"
    raise ValidationFailed([Violation("/environment", "unknown_reference", detail)])
