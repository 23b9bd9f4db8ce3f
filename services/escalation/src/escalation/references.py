"""Which keys a request may name (I5)."""

from typing import Final

from sqlalchemy import any_

from common.events.catalogue import ServiceCatalogued
from common.events.directory import CustomerKnown
from common.http.known_keys import KnownKeys, References, unfit_for_work
from escalation.cases.tables import escalations
from escalation.directory.tables import customers, environments, people, services
from escalation.policies.tables import policies
from escalation.rotas.tables import rotas

REFERENCES: Final[References] = {
    "colleague": KnownKeys(
        people.c.sub,
        source_topic=CustomerKnown.topic,
        unfit=unfit_for_work(people.c.retired, any_(people.c.roles) == "partner"),
    ),
    "customer": KnownKeys(customers.c.key, source_topic=CustomerKnown.topic),
    "environment": KnownKeys(environments.c.key, source_topic=CustomerKnown.topic),
    "escalation": KnownKeys(escalations.c.key, escalations.c.id),
    "person": KnownKeys(people.c.sub, source_topic=CustomerKnown.topic),
    "policy": KnownKeys(policies.c.key),
    "rota": KnownKeys(rotas.c.key),
    "service": KnownKeys(services.c.key, source_topic=ServiceCatalogued.topic),
}
