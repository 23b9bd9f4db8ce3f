"""What a customer may see of outages and maintenance: the own, and everybody's as far as it is about
a service that they have (R4)."""

from dataclasses import dataclass
from uuid import UUID

from common.persistence.database import Connection
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.domain.scope import Scope


@dataclass(frozen=True, slots=True)
class Visibility:
    """`customer_id` None: staff, who see all. `others`: services that the catalogue knows to be
    sold, but not to them."""

    customer_id: UUID | None = None
    hidden_services: frozenset[str] = frozenset()

    def can_see(self, scope: Scope) -> bool:
        if self.customer_id is None or scope.customer_id == self.customer_id:
            return True
        return scope.customer_id is None and scope.service not in self.hidden_services


async def for_customer(tx: Connection, customer: str | None) -> Visibility | None:
    """For a customer (by key), or for staff; None for a customer that nobody has told of."""
    if customer is None:
        return Visibility()
    known_customer = await directory.find_customer(tx, customer)
    if known_customer is None:
        return None
    sold_to = (await catalogue.load_graph(tx)).sold_to
    hidden_services = (
        key for key, customers in sold_to.items() if customers and customer not in customers
    )
    return Visibility(known_customer.id, frozenset(hidden_services))
