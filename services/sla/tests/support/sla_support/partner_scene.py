"""Two partners who promised us something, and the tickets of two customers that went to them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.events.directory import PartnerKnown
from common.events.tickets import TicketForwarded, TicketHandedBack
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver, fire_due, freeze_time
from sla.handlers import HANDLERS
from sla.timers import TIMERS
from sla_support.assertions import clocks_of
from sla_support.company import (
    BRIGHTWATER,
    HOUR,
    NINE,
    also_promise,
    promise,
    ticket_event,
    ticket_opened,
    underpin,
)

BRIGHTWATERS: dict[str, Any] = {"customer_id": BRIGHTWATER, "customer": "brightwater"}
TITLE = "Zqtitle of whoever it is"
SECRETS = ("acme", "Acme", "brightwater", "Brightwater", "Zqtitle", "clinic-records", "otherhost")
OWN, OTHERS, NOT_FORWARDED = ("OPS-1", "OPS-2"), "OPS-3", "OPS-4"


@dataclass(frozen=True)
class Scene:
    """The ids of clocks: own ones, and those of others."""

    own: UUID
    of_other_partner: UUID
    of_customer: UUID


async def make_scene(database: Database) -> Scene:
    """Hosthaven and Otherhost promised us something; the tickets of two customers went to them."""
    terms = await promise(database)
    await promise(database, (BRIGHTWATER, "brightwater"))
    for number, key in enumerate(("hosthaven", "otherhost")):
        event = PartnerKnown(
            at=NINE,
            partner_id=UUID(int=0xAA0 + number),
            partner=key,
            name=key.title(),
            timezone="Europe/London",
            email=f"desk@{key}.example",
        )
        await deliver(database, HANDLERS, (event, 1))
        await underpin(database, terms, key)
    await also_promise(database, terms, "for-everybody-else", customer_id=None)
    for number in (1, 2, 3, 4):
        whose = BRIGHTWATERS | {"service": "clinic-records"} if number == 2 else {}
        opened = ticket_opened(number, title=TITLE, **whose)
        await deliver(database, HANDLERS, (opened, 1))
        if number < 4:
            partner = "otherhost" if number == 3 else "hosthaven"
            taken = {"state": "forwarded", "to": "partner", "partner": partner, "title": TITLE}
            forwarded = ticket_event(TicketForwarded, number, NINE + HOUR, **taken | whose)
            await deliver(database, HANDLERS, (forwarded, 2))
    back = ticket_event(TicketHandedBack, 1, NINE + 2 * HOUR, handed_back_by="partner")
    await deliver(database, HANDLERS, (back, 3))
    await freeze_time(database, NINE + 8 * HOUR)
    await fire_due(database, TIMERS)
    own, others = await clocks_of(database, 1, 1), await clocks_of(database, 3, 1)
    customers = await clocks_of(database, 1, 0)
    return Scene(own["resolution"].id, others["resolution"].id, customers["resolution"].id)
