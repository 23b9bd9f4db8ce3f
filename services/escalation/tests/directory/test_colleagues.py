"""Who is on call and who is told last is one of our own people who is still here (I5)."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update

from common.persistence.database import Database
from escalation.directory.tables import people
from opsdesk_testing.client import client

LAYER = {"starts_at": "2026-01-01T09:00", "timezone": "UTC", "length": 1, "unit": "weeks"}
OVERRIDE = {"kind": "add", "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
STEP = {"targets": [{"kind": "role", "name": "ops"}], "delay_seconds": 60}


def _requests(name: str) -> list[tuple[str, dict[str, Any], str]]:
    rota: dict[str, Any] = {"key": "r", "layers": [LAYER | {"participants": [name]}]}
    return [
        ("/v1/rotas", rota, "/layers/0/participants/0"),
        ("/v1/rotas/r/overrides", OVERRIDE | {"person": name}, "/person"),
        ("/v1/policies", {"key": "p", "steps": [STEP], "fallback": name}, "/fallback"),
    ]


@pytest.mark.parametrize(("name", "code"), [("hosthaven", "for_staff"), ("sven", "has_left")])
async def test_nobody_else_is(app: FastAPI, database: Database, name: str, code: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(update(people).where(people.c.sub == "sven").values(retired=True))
    async with client(app, "theo") as theo:
        for path, body, pointer in _requests(name):
            answer = await theo.post(path, json=body)
            assert answer.status_code == 422, answer.text
            errors = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
            assert errors == [(pointer, code)]


async def test_who_left_is_taken_out_and_their_past_shifts_can_be_read(
    app: FastAPI, database: Database
) -> None:
    """An override that takes them out, and the list of their shifts, name them still."""
    both, mia = (LAYER | {"participants": names} for names in (["sven", "mia"], ["mia"]))
    without = OVERRIDE | {"kind": "remove", "replaces": "sven"}
    async with client(app, "theo") as theo:
        assert (await theo.post("/v1/rotas", json={"key": "r", "layers": [both]})).is_success
        async with database.transaction() as tx:
            await tx.execute(update(people).where(people.c.sub == "sven").values(retired=True))
        later = {"key": "r", "layers": [mia], "overrides": [without]}
        assert (await theo.post("/v1/rotas", json=later)).is_success
        assert (await theo.get("/v1/oncall/shifts?person=sven")).is_success
