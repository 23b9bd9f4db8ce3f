"""What intake revokes is refused by every service: each applies the one event about it."""

import pytest

from common.auth.revocation import load_revocations
from common.events.directory import TokensRevoked
from common.http import Service
from common.now import now
from common.persistence.database import Database
from common.persistence.ids import uuid7
from delivery_gate.app import SERVICE as DELIVERY_GATE
from escalation.app import SERVICE as ESCALATION
from opsdesk_testing.protocol import deliver
from sla.app import SERVICE as SLA


@pytest.fixture
def schema(service: Service) -> str:
    return service.schema


@pytest.mark.parametrize("service", [SLA, ESCALATION, DELIVERY_GATE], ids=lambda one: one.name)
async def test_the_event_reaches_the_list_of_the_service(
    service: Service, database: Database
) -> None:
    revoked = TokensRevoked(
        at=now(),
        revocation_id=uuid7(),
        kind="person",
        name="mallory",
        issued_until=now(),
        expires_at=now(),
        by="theo",
    )
    await deliver(database, service.handlers, (revoked, 1), service=service.name)
    async with database.transaction() as tx:
        assert set((await load_revocations(tx)).people) == {"mallory"}
