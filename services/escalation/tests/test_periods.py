"""Whatever has a beginning and an end is refused where the end is not later, and the end is named."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from opsdesk_testing.client import client

START = "2026-01-02T00:00:00Z"
NOT_LATER = (START, "2026-01-01T00:00:00Z", "2026-01-02T01:00:00+01:00")
"""The same instant, an earlier one, and the same one as another zone writes it."""
LAYER = {
    "participants": ["anna"],
    "starts_at": "2026-01-01T09:00",
    "timezone": "UTC",
    "length": 1,
    "unit": "weeks",
}
OVERRIDE = {"kind": "add", "person": "anna", "starts_at": START}


@pytest.mark.parametrize("end", NOT_LATER)
async def test_an_override_of_a_new_rota_ends_after_it_starts(app: FastAPI, end: str) -> None:
    fine = OVERRIDE | {"ends_at": "2026-01-03T00:00:00Z"}
    rota: dict[str, Any] = {"key": "r", "layers": [LAYER]}
    rota["overrides"] = [fine, OVERRIDE | {"ends_at": end}]
    async with client(app, "theo") as theo:
        answer = await theo.post("/v1/rotas", json=rota)
    assert _pointers(answer) == ["/overrides/1/ends_at"]


@pytest.mark.parametrize("end", NOT_LATER)
async def test_so_does_a_later_override(app: FastAPI, end: str) -> None:
    async with client(app, "theo") as theo:
        made = await theo.post("/v1/rotas", json={"key": "r", "layers": [LAYER]})
        assert made.status_code == 201, made.text
        answer = await theo.post("/v1/rotas/r/overrides", json=OVERRIDE | {"ends_at": end})
    assert _pointers(answer) == ["/ends_at"]


@pytest.mark.parametrize("end", NOT_LATER)
@pytest.mark.parametrize("address", ["/v1/oncall/cover", "/v1/oncall/shifts"])
async def test_cover_and_shifts_are_asked_for_over_some_time(
    app: FastAPI, address: str, end: str
) -> None:
    async with client(app, "theo") as theo:
        answer = await theo.get(address, params={"from": START, "to": end})
    assert _pointers(answer) == ["/query/to"]


def _pointers(answer: Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [one["pointer"] for one in answer.json()["errors"]]
