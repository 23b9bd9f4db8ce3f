"""What delivery-gate announces again is stored where it is news, and changes no exact instant."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from common.events.deliveries import DeliveryKnown, DeliveryVerified
from common.persistence.database import Database
from opsdesk_testing.protocol import deliver
from sla.handlers import HANDLERS
from sla_support.company import HOUR, NINE

FIELDS: dict[str, Any] = {
    "delivery_id": UUID(int=1),
    "delivery": "DEL-1",
    "version_id": None,
    "product": "billing",
    "version": "2.3.1",
    "digest": None,
    "environment_id": UUID(int=3),
    "environment": "acme-prod",
    "customer": "acme",
    "attempt": 1,
}


async def test_only_another_state_is_taken_over(database: Database) -> None:
    verified = DeliveryVerified(at=NINE + HOUR, **FIELDS, state="delivered")
    same = DeliveryKnown(at=NINE, **FIELDS, state="delivered")
    other = DeliveryKnown(at=NINE, **FIELDS, state="rolled_back")
    for event, sequence, expected in (
        (verified, 1, ("delivered", NINE + HOUR)),
        (same, 4, ("delivered", NINE + HOUR)),
        (other, 7, ("rolled_back", NINE)),
    ):
        await deliver(database, HANDLERS, (event, sequence))
        async with database.transaction() as tx:
            row = (await tx.execute(text("SELECT state, at FROM deliveries"))).one()
            assert (row.state, row.at) == expected
            assert await tx.scalar(text("SELECT count(*) FROM parked")) == 0
