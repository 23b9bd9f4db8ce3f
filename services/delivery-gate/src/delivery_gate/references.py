"""Which keys a request may name (I5)."""

from typing import Final

from common.events.directory import CustomerKnown
from common.http.known_keys import KnownKeys, References, unfit_for_work
from delivery_gate.directory.tables import people
from delivery_gate.emergencies.tables import emergency_changes
from delivery_gate.environments.tables import environments
from delivery_gate.products.tables import products

REFERENCES: Final[References] = {
    "customer": KnownKeys(
        environments.c.customer, environments.c.customer_id, source_topic=CustomerKnown.topic
    ),
    "emergency_change": KnownKeys(emergency_changes.c.key, emergency_changes.c.id),
    "environment": KnownKeys(
        environments.c.key, environments.c.id, source_topic=CustomerKnown.topic
    ),
    "colleague": KnownKeys(
        people.c.sub,
        callers=True,
        source_topic=CustomerKnown.topic,
        unfit=unfit_for_work(people.c.retired, people.c.of_partner),
    ),
    "product": KnownKeys(products.c.key, products.c.id),
}
