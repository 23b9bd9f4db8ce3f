"""A later version of a calendar, proposed by one person and published by another."""

from typing import Any

from httpx import AsyncClient, Response

from common.persistence.database import Database
from opsdesk_testing.protocol import fire_due
from sla.timers import TIMERS


async def take_effect(database: Database, gina: AsyncClient, proposed: Response) -> dict[str, Any]:
    """Publish a proposed version and let it take effect where that is now; the version as it is then."""
    assert proposed.status_code == 201, proposed.text
    assert proposed.json()["state"] == "proposed"
    address = proposed.headers["Location"]
    published = await gina.post(f"{address}/publish")
    assert published.status_code == 200, published.text
    await fire_due(database, TIMERS)
    stored: dict[str, Any] = (await gina.get(address)).json()
    return stored
