"""What the tests of the catalogue share: environments and partners as intake tells of them."""

from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from common.events.directory import EnvironmentKnown, PartnerKnown
from common.persistence.database import Database
from common.persistence.ids import uuid7
from opsdesk_testing.protocol import deliver
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store import agreements
from sla.handlers import HANDLERS
from sla_support.company import ACME, BRIGHTWATER, NINE, PUBLISHED, announce_customers

ENVIRONMENTS = {
    "acme-prod": ACME,
    "acme-spare": ACME,
    "brightwater-prod": BRIGHTWATER,
}


async def announce_directory(database: Database) -> None:
    """Two customers with their environments, and the partner who hosts them."""
    await announce_customers(database, (ACME, "acme"), (BRIGHTWATER, "brightwater"))
    events: list[EnvironmentKnown | PartnerKnown] = [
        EnvironmentKnown(
            at=NINE,
            environment_id=UUID(int=0xE0 + number),
            environment=key,
            customer_id=customer,
            customer="acme" if customer == ACME else "brightwater",
            tier="production",
            name=key.title(),
        )
        for number, (key, customer) in enumerate(ENVIRONMENTS.items())
    ]
    events.append(
        PartnerKnown(
            at=NINE,
            partner_id=UUID(int=0xF0),
            partner="hosthaven",
            name="Hosthaven",
            timezone="Europe/Berlin",
            email=None,
        )
    )
    await deliver(database, HANDLERS, *((one, 1) for one in events))


async def describe_service(
    caller: AsyncClient, key: str, *runs_on: Any, **overrides: Any
) -> Response:
    """Ask for a service that runs on these (`environment/…`, or a need written out)."""
    body = {"key": key, "name": key.title(), "owner": "ops", "runs_on": list(runs_on)}
    return await caller.post("/v1/services", json=body | overrides)


def any_of(*nodes: str, at_least: int = 1) -> dict[str, Any]:
    return {"any_of": list(nodes), "at_least": at_least}


async def publish_first_version(database: Database, version: Agreement) -> None:
    """Publish the first version of an agreement, as if two people had agreed on it."""
    async with database.transaction() as tx:
        id = uuid7()
        await agreements.add(tx, id, version)
        await agreements.add_version(tx, id, version, PUBLISHED, None)
