"""Waivers as the tests ask for them, and what was told about them."""

from datetime import datetime
from typing import Any

from httpx import AsyncClient

from common.persistence.database import Database
from opsdesk_testing.protocol import outbox_events
from sla_support.assertions import resolution_clock
from sla_support.company import HOUR, NINE

REASON = "The supplier is down"


async def request_for_clock(
    database: Database, caller: AsyncClient, number: int = 1, hours: float = 9
) -> str:
    """The address of a request about the resolution of OPS-`number`, good until 09:00 + `hours`."""
    body = {
        "clock_id": str((await resolution_clock(database, number)).id),
        "reason": REASON,
        "expires_at": (NINE + hours * HOUR).isoformat(),
    }
    return await _request(caller, body)


async def request_for_period(
    caller: AsyncClient, starts_at: datetime, ends_at: datetime, **overrides: Any
) -> str:
    """The address of a request about all that Acme was promised."""
    period = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    return await _request(caller, {"customer": "acme", "reason": REASON, **period, **overrides})


async def _request(caller: AsyncClient, body: dict[str, Any]) -> str:
    answer = await caller.post("/v1/waivers", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["Location"])


async def waiver_event_types(database: Database) -> list[str]:
    """The short types of what was told about waivers, in order."""
    return [
        one.type.removeprefix("opsdesk.waiver.").removesuffix(".v1")
        for one in await outbox_events(database)
        if one.subject.startswith("waiver/")
    ]
