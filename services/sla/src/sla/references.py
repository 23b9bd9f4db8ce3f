"""Which keys a request may name (I5).

Only references of staff and machines are checked at the edge: to a contact nothing exists but what is
their customer's, and each route sees to that.
"""

from typing import Final

from common.events.directory import CustomerKnown
from common.events.escalations import TEAMS
from common.events.tickets import TicketEvent
from common.http.known_keys import KnownKeys, References, unfit_for_work
from sla.agreements.tables import agreements
from sla.calendars.tables import calendars
from sla.catalogue.tables import services
from sla.clocks.ticket_tables import tickets
from sla.directory.tables import contacts, customers, environments, partners, people, teams

UNFIT_PEOPLE: Final = unfit_for_work(people.c.retired, people.c.of_partner)

REFERENCES: Final[References] = {
    "agreement": KnownKeys(agreements.c.key, agreements.c.id),
    "calendar": KnownKeys(calendars.c.key, calendars.c.id),
    "colleague": KnownKeys(
        people.c.sub, callers=True, source_topic=CustomerKnown.topic, unfit=UNFIT_PEOPLE
    ),
    "contact": KnownKeys(id_column=contacts.c.id, source_topic=CustomerKnown.topic),
    "customer": KnownKeys(customers.c.key, customers.c.id, source_topic=CustomerKnown.topic),
    "environment": KnownKeys(
        environments.c.key, environments.c.id, source_topic=CustomerKnown.topic
    ),
    "owner": KnownKeys(
        people.c.sub,
        names=TEAMS,
        callers=True,
        source_topic=CustomerKnown.topic,
        unfit=UNFIT_PEOPLE,
    ),
    "partner": KnownKeys(partners.c.key, partners.c.id, source_topic=CustomerKnown.topic),
    "person": KnownKeys(people.c.sub, callers=True, source_topic=CustomerKnown.topic),
    "service": KnownKeys(services.c.key),
    "team": KnownKeys(teams.c.key, names=TEAMS, source_topic=CustomerKnown.topic),
    "ticket": KnownKeys(tickets.c.key, tickets.c.id, source_topic=TicketEvent.topic),
}
