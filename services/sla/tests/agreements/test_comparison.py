"""Versions of an agreement, compared in words."""

from typing import Any

from httpx import AsyncClient

from common.persistence.database import Database
from sla_support.company import ACME, AMSTERDAM, announce_customers

AGREEMENTS = "/v1/agreements"


def draft_body(**more: Any) -> dict[str, Any]:
    target = {"metric": "resolution", "priority": "major", "target_seconds": 8 * 3600}
    return {
        "key": "acme-standard",
        "customer": "acme",
        "calendar": AMSTERDAM,
        "targets": [target],
        "valid_from": "2026-01-01T00:00:00Z",
    } | more


async def _publish(theo: AsyncClient, gina: AsyncClient, body: dict[str, Any]) -> str:
    response = await theo.post(AGREEMENTS, json=body)
    assert response.status_code == 201, response.text
    address: str = response.headers["Location"]
    for who, step in ((theo, "propose"), (theo, "approve"), (gina, "approve"), (gina, "publish")):
        step_response = await who.post(f"{address}/{step}")
        assert step_response.status_code == 200, step_response.text
    return address


async def test_versions_are_compared_in_words(
    database: Database, theo: AsyncClient, gina: AsyncClient
) -> None:
    await announce_customers(database, (ACME, "acme"))
    await _publish(theo, gina, draft_body())
    next_one = draft_body(valid_from="2026-07-01T00:00:00Z", availability=0.99)
    assert (await theo.post(AGREEMENTS, json=next_one)).status_code == 201
    answer = await theo.get(f"{AGREEMENTS}/acme-standard/diff?from=1&to=2")
    found = {one["term"]: (one["previous"], one["current"]) for one in answer.json()["differences"]}
    assert found["availability per month"] == ("nothing", "99 %")
    assert found["calendar"] == ("acme-standard, version 1", "acme-standard, version 2")
    missing = await theo.get(f"{AGREEMENTS}/acme-standard/diff?from=1&to=3")
    assert missing.status_code == 404
