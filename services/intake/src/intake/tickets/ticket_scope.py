"""The customer and environment for which a caller opens a ticket."""

from common.auth import Caller
from common.errors import Forbidden, ValidationFailed, Violation
from intake.directory.reference_cache import ReferenceCache
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.schemas.requests import TicketCreate


async def resolve_scope(
    references: ReferenceCache, caller: Caller, body: TicketCreate
) -> TicketScope:
    """The scope that the body names; a contact's own customer is the default.

    Raises Forbidden, or ValidationFailed where a key is missing or unknown. Contacts cannot tell
    other customers from unknown ones.
    """
    key = body.customer or caller.customer
    if key is None:
        raise ValidationFailed([Violation("/customer", "missing", "name the `customer`")])
    if caller.customer is not None and (body.channel or body.opened_at):
        raise Forbidden("`channel` and `opened_at` are for staff. Leave them out.")
    customer = await references.get_customer(key) if caller.can_see(key) else None
    if customer is None:
        raise ValidationFailed(
            [Violation("/customer", "unknown_reference", f"there is no customer {key}")]
        )
    environment = None
    if body.environment is not None:
        environment = await references.get_environment(body.environment)
        if environment is None or environment.customer_id != customer.id:
            detail = f"{customer.key} has no environment {body.environment}"
            raise ValidationFailed([Violation("/environment", "unknown_reference", detail)])
    return TicketScope(customer.id, customer.key, environment)
