"""HTTP in: what may help with a ticket."""

from typing import Annotated

from common.auth import Caller, requires
from common.http import Transaction, router
from intake.problems import store
from intake.problems.domain import is_close, search_terms
from intake.problems.schemas import KnownErrorRead, Suggestions
from intake.tickets.dependencies import TicketReference, get_visible_ticket
from intake.tickets.store import tickets

routes = router("/v1/tickets", ["problems"])


@routes.get("/{ticket}/suggestions")
async def suggest_for_ticket(
    ref: TicketReference, caller: Annotated[Caller, requires("tickets:verify")], tx: Transaction
) -> Suggestions:
    """Suggest known errors of the same service or customer that a ticket looks like, with workarounds."""
    ticket = get_visible_ticket(caller, await tickets.find(tx, ref), ref)
    description = await tickets.get_description(tx, ticket.id)
    terms = search_terms(ticket.title, description)
    found = await store.list_similar(tx, ticket.id, ticket.service, ticket.customer_id, terms)
    close = [one for one in found if is_close(one.shared, len(terms))]
    return Suggestions(known_errors=[KnownErrorRead.model_validate(one) for one in close])
