"""A rota, a policy and a matrix set up over HTTP, as the tests of the routes share them."""

from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import text

from common.persistence.database import Database
from escalation.timers import TIMERS
from opsdesk_testing.protocol import fire_due

ROTA: dict[str, Any] = {
    "key": "night",
    "layers": [
        {
            "participants": ["sven", "mia"],
            "starts_at": "2026-02-23T09:00",
            "timezone": "Europe/Amsterdam",
            "length": 1,
            "unit": "weeks",
        }
    ],
}
POLICY: dict[str, Any] = {
    "key": "critical",
    "steps": [
        {"targets": [{"kind": "rota", "name": "night"}], "delay_seconds": 300},
        {"targets": [{"kind": "role", "name": "tom"}], "delay_seconds": 600},
    ],
    "fallback": "gina",
    "audiences": ["dm"],
}
MATRIX: dict[str, Any] = {
    "rows": [
        {"when": {"severity": ["blocker", "critical"]}, "policy": "critical"},
        {"when": {}, "policy": "default"},
    ]
}


async def set_up(theo: AsyncClient) -> None:
    for path, body in (("/v1/rotas", ROTA), ("/v1/policies", POLICY)):
        assert (await theo.post(path, json=body)).status_code == 201
    assert (await theo.put("/v1/matrix", json=MATRIX)).status_code == 200


def pointers(answer: Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def count_firings(database: Database) -> Any:
    """How many deadlines have had an effect once everything due has been looked at."""
    await fire_due(database, TIMERS)
    async with database.transaction() as tx:
        return await tx.scalar(text("SELECT count(*) FROM firings"))
