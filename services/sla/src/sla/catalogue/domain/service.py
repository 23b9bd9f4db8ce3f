"""A service of the catalogue: its owner, its buyers, and what it runs on. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.graph import Need


@dataclass(frozen=True, slots=True)
class Service:
    """One version of a service; it is never changed, only replaced by the next one (A5).

    `id` is that of the version, `hours` the id of a calendar version. `price` is the list price,
    which an agreement may undercut. `sold_to`: the keys of the customers who bought it.
    """

    id: UUID
    service_id: UUID
    key: str
    version: int
    name: str
    owner: str
    description: str
    hours: UUID | None
    price: Price | None
    sold_to: tuple[str, ...]
    runs_on: tuple[Need, ...]
    created_by: str
    created_at: datetime
    retired_at: datetime | None = None
    sequence: int = 0
