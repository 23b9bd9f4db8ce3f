"""Which keys a request may name (I5): what the directory holds, and the services sla announced."""

from typing import Final

from sqlalchemy import any_

from common.events.catalogue import ServiceCatalogued
from common.events.escalations import TEAMS
from common.http.known_keys import KnownKeys, References, unfit_for_work
from intake.directory.tables import customers, environments, partners, people, services, teams

SERVICES: Final = KnownKeys(
    services.c.key,
    visible_to=lambda customer: any_(services.c.sold_to) == customer,
    source_topic=ServiceCatalogued.topic,
)
"""A contact may name what their customer bought."""

REFERENCES: Final[References] = {
    "colleague": KnownKeys(
        people.c.sub,
        callers=True,
        unfit=unfit_for_work(people.c.retired, any_(people.c.roles) == "partner"),
    ),
    "customer": KnownKeys(customers.c.key),
    "environment": KnownKeys(environments.c.key),
    "partner": KnownKeys(partners.c.key),
    "person": KnownKeys(people.c.sub, callers=True),
    "request_form": KnownKeys(),
    "service": SERVICES,
    "team": KnownKeys(teams.c.key, names=TEAMS),
}
