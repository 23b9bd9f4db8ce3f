"""Services, as sla's catalogue announces them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.events.catalogue import ServiceCatalogued
from common.persistence.database import Database
from intake.handlers import HANDLERS
from opsdesk_testing.protocol import deliver


async def announce_service(
    database: Database,
    key: str,
    sequence: int = 1,
    *,
    sold_to: Sequence[str] = (),
    id: UUID,
    **more: Any,
) -> None:
    """Let intake hear of a service."""
    event = ServiceCatalogued(
        at=datetime(2030, 1, 7, 8, tzinfo=UTC),
        service_id=id,
        service=key,
        version=sequence,
        name=key.title(),
        owner="ops",
        sold_to=list(sold_to),
        runs_on=[],
        **more,
    )
    await deliver(database, HANDLERS, (event, sequence))
