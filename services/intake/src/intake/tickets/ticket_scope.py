"""The customer, environment and service for which a caller opens a ticket."""

from common.auth import Caller
from common.errors import Forbidden, ValidationFailed, Violation
from common.http.references import Reference
from common.http.state import AppState
from common.telemetry import logger
from intake.directory.catalogue_copy import is_catalogue_current
from intake.directory.dependencies import own_environment
from intake.directory.domain.environment import Environment
from intake.directory.domain.parties import Customer
from intake.directory.named_contact import find_named_contact
from intake.directory.reference_cache import ReferenceCache
from intake.forms import store as forms
from intake.forms.commands import unknown_form
from intake.forms.domain.form import RequestForm
from intake.tickets.domain.new_ticket import TicketScope
from intake.tickets.schemas.requests import TicketCreate

log = logger(__name__)


async def resolve_scope(state: AppState, caller: Caller, body: TicketCreate) -> TicketScope:
    """The scope that the body names; a contact's own customer is the default.

    A service that intake does not know is taken as it was named while intake's copy of the catalogue is
    not current: a good ticket must not wait for it.

    Raises Forbidden, or ValidationFailed where a key is missing or unknown (I5). Contacts cannot tell
    other customers from unknown ones, nor services that they did not buy.
    """
    references = state.runtime.resource(ReferenceCache)
    if caller.customer is not None and (body.channel or body.opened_at or body.contact):
        raise Forbidden("`channel`, `opened_at` and `contact` are for staff. Leave them out.")
    contact = await find_named_contact(state, caller, body.contact) if body.contact else None
    key = body.customer or caller.customer or (contact.customer if contact else None)
    if key is None:
        raise ValidationFailed([Violation("/customer", "missing", "name the `customer`")])
    customer = await references.get_customer(key) if caller.can_see(key) else None
    if customer is None:
        raise await references.unknown(caller, Reference("/customer", "customer", key))
    if customer.retired:
        detail = f"{customer.key} was ended; nothing new is opened for them"
        raise ValidationFailed([Violation("/customer", "ended", detail)])
    environment = await _environment(references, caller, customer, body.environment)
    if contact is not None and contact.customer_id != customer.id:
        detail = f"this contact is {contact.customer}'s; leave `customer` out, or name that one"
        raise ValidationFailed([Violation("/contact", "another_customer", detail)])
    form = await _find_form(state, body) if body.form else None
    service = form.service if form and form.service else body.service
    return TicketScope(
        customer.id,
        customer.key,
        environment,
        is_service_known=await _is_service_known(state, references, caller, service),
        contact_id=contact.id if contact else None,
        kind=form.kind if form else None,
        service=service,
    )


async def _find_form(state: AppState, body: TicketCreate) -> RequestForm:
    """The form that the body fills in. Raises ValidationFailed where kind or service contradict it."""
    async with state.runtime.database.transaction() as tx:
        form = await forms.find(tx, body.form or "")
    if form is None:
        raise unknown_form(body.form or "")
    given = {"kind": (body.kind, form.kind), "service": (body.service, form.service)}
    violations = [
        Violation(f"/{name}", "not_the_form_s", f"the form is for {of_form}; leave `{name}` out")
        for name, (asked, of_form) in given.items()
        if name in body.model_fields_set and of_form is not None and asked != of_form
    ]
    if violations:
        raise ValidationFailed(violations)
    return form


async def _is_service_known(
    state: AppState, references: ReferenceCache, caller: Caller, key: str | None
) -> bool:
    """Whether the catalogue has it (or none is named); False where intake cannot tell.

    Raises ValidationFailed where it can.
    """
    if key is None or await references.has_service(key, caller.customer):
        return True
    is_current = await is_catalogue_current(state.runtime.database, state.consumer)
    # Asked again: the ticket may have waited until an announcement was stored.
    if await references.has_service(key, caller.customer):
        return True
    if is_current:
        raise await references.unknown(caller, Reference("/service", "service", key))
    log.warning("ticket.service_not_verified", unknown_service=key)
    return False


async def _environment(
    references: ReferenceCache, caller: Caller, customer: Customer, key: str | None
) -> Environment | None:
    if key is None:
        return None
    environment = await references.get_environment(key)
    if environment is None and caller.customer is None:
        raise await references.unknown(caller, Reference("/environment", "environment", key))
    return own_environment(environment, key, customer)
