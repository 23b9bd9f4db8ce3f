"""Outages for tests: said outright, without anybody who reports them."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from httpx import AsyncClient, Response

from common.persistence.database import Database
from common.persistence.ids import uuid7
from sla.outages.domain.outage import Outage, build_record
from sla.outages.domain.scope import Scope
from sla.outages.store import outages


async def add_outage(
    database: Database,
    started_at: datetime,
    ended_at: datetime | None,
    customer_id: UUID | None = None,
    environment: str | None = None,
    service: str | None = "billing",
    known_at: datetime | None = None,
) -> Outage:
    """An outage that somebody noted, known from its start on unless said else."""
    async with database.transaction() as tx:
        scope = Scope(customer_id, environment, service)
        key = (await outages.next_keys(tx, 1))[0]
        outage = Outage(uuid7(), key, scope, "manual", None, None, "down", started_at, ended_at)
        record = build_record(outage, "started", known_at or started_at, "anna")
        await outages.add(tx, [(outage, record)])
    return outage


async def correct_outage(
    database: Database, outage: Outage, started_at: datetime, ended_at: datetime, known_at: datetime
) -> None:
    """Two people correct it."""
    async with database.transaction() as tx:
        after = replace(
            outage, started_at=started_at, ended_at=ended_at, ordinal=outage.ordinal + 1
        )
        record = build_record(after, "corrected", known_at, "anna", "omar", "the monitor was deaf")
        await outages.save(tx, [(after, record)])


async def agree_as_read(who: AsyncClient, address: str) -> Response:
    """Agree to maintenance as it is: its window is read and sent."""
    read = (await who.get(address)).json()
    window = {name: read[name] for name in ("starts_at", "ends_at")}
    return await who.post(f"{address}/agree", json=window)
