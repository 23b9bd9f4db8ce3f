"""A customer who was ended is refused by every service, also with a token that nobody has seen yet."""

from uuid import UUID

import pytest

from common.auth.revocation import load_revocations, refresh_revocations
from common.events.directory import CustomerKnown
from common.http import Service, state_of
from common.now import now
from common.persistence.database import Database
from console.app import SERVICE as CONSOLE
from delivery_gate.app import SERVICE as DELIVERY_GATE
from escalation.app import SERVICE as ESCALATION
from opsdesk_testing.client import app_for, client
from opsdesk_testing.protocol import deliver
from sla.app import SERVICE as SLA

ENDED = CustomerKnown(
    at=now(),
    customer_id=UUID(int=0xAC),
    customer="acme",
    name="Acme",
    timezone="Europe/Amsterdam",
    language="nl",
    retired=True,
)


@pytest.fixture
def schema(service: Service) -> str:
    return service.schema


@pytest.mark.parametrize(
    "service", [SLA, ESCALATION, DELIVERY_GATE, CONSOLE], ids=lambda one: one.name
)
async def test_the_event_reaches_every_service(service: Service, database: Database) -> None:
    await deliver(database, service.handlers, (ENDED, 1), service=service.name)
    async with database.transaction() as tx:
        assert (await load_revocations(tx)).ended_customers == {"acme"}


@pytest.mark.parametrize("service", [SLA, ESCALATION, DELIVERY_GATE], ids=lambda one: one.name)
async def test_their_people_read_nothing_with_a_new_token(
    service: Service, database: Database
) -> None:
    app = app_for(service, database)
    async with client(app, "newcomer", customer="acme") as contact:
        before = await contact.get("/v1/waiting-for-me")
        await deliver(database, service.handlers, (ENDED, 1), service=service.name)
        await refresh_revocations(database, state_of(app).authenticator)
        after = await contact.get("/v1/waiting-for-me")
    assert before.json().get("code") != "CUSTOMER_ENDED"
    assert (after.status_code, after.json()["code"]) == (403, "CUSTOMER_ENDED")
    assert after.json()["type"] == "urn:opsdesk:error:customer-ended"
    async with client(app, "anna") as anna:
        assert (await anna.get("/v1/waiting-for-me")).status_code == 200
