"""What a customer may see of outages and maintenance: the own, and everybody's as far as it is about
a service that they have (R4)."""

from dataclasses import dataclass
from uuid import UUID

from common.persistence.database import Connection
from sla.catalogue.store import catalogue
from sla.directory.store import directory
from sla.outages.domain.scope import Place


@dataclass(frozen=True, slots=True)
class Theirs:
    """`customer_id` None: staff, who see all. `others`: services that the catalogue knows to be
    sold, but not to them."""

    customer_id: UUID | None = None
    others: frozenset[str] = frozenset()

    def sees(self, place: Place) -> bool:
        if self.customer_id is None or place.customer_id == self.customer_id:
            return True
        return place.customer_id is None and place.service not in self.others


async def of(tx: Connection, customer: str | None) -> Theirs | None:
    """For a customer (by key), or for staff; None for a customer that nobody has told of."""
    if customer is None:
        return Theirs()
    found = await directory.find_customer(tx, customer)
    if found is None:
        return None
    sold_to = (await catalogue.graph(tx)).sold_to
    others = (key for key, customers in sold_to.items() if customers and customer not in customers)
    return Theirs(found.id, frozenset(others))
