"""What a customer may see of outages and maintenance (R4).

Its own, and those of all customers about a service that it has.
"""

from dataclasses import dataclass
from uuid import UUID

from common.persistence.database import Connection
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.domain.scope import Scope


@dataclass(frozen=True, slots=True)
class Visibility:
    """What a customer may see; `customer_id` None: staff, who see all.

    `hidden_services`: services that were sold only to other customers.
    """

    customer_id: UUID | None = None
    hidden_services: frozenset[str] = frozenset()

    def can_see(self, scope: Scope) -> bool:
        """Return whether an outage or maintenance of this scope is visible."""
        if self.customer_id is None or scope.customer_id == self.customer_id:
            return True
        return scope.customer_id is None and scope.service not in self.hidden_services


async def for_customer(tx: Connection, customer: str | None) -> Visibility | None:
    """Return what a customer (a key) may see, or staff (None); None for an unknown customer."""
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
