"""Work of ours is given to our own people who are still here, wherever a request names somebody (I5)."""

from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from opsdesk_testing.client import client

ARTICLE = {"title": "Restart", "body": "Restart it.", "language": "en"}
WORK: list[tuple[str, str, dict[str, Any], str]] = [
    ("POST", "/v1/tickets/OPS-1/assign", {"to": "NAME"}, "/to"),
    ("POST", "/v1/tickets/OPS-1/watchers", {"person": "NAME"}, "/person"),
    ("POST", "/v1/articles", ARTICLE | {"owner": "NAME"}, "/owner"),
    (
        "POST",
        "/v1/monitoring-improvements/IMP-1/plan",
        {"owner": "NAME", "task": "Watch it", "criterion": "It alerts"},
        "/owner",
    ),
    ("PUT", "/v1/customers/acme/delivery-manager", {"person": "NAME"}, "/person"),
    (
        "PUT",
        "/v1/customers/acme/delivery-manager",
        {"person": "anna", "deputies": ["NAME"]},
        "/deputies/0",
    ),
    ("POST", "/v1/teams", {"key": "desk", "name": "Desk", "members": ["NAME"]}, "/members/0"),
]


@pytest.fixture
async def people(anna: AsyncClient, omar: AsyncClient) -> None:
    """Pia works for a partner, and Lea has left."""
    for sub, role in (("pia", "partner"), ("lea", "ops")):
        person = {"sub": sub, "name": sub, "email": f"{sub}@else.example", "roles": [role]}
        made = await anna.post("/v1/people", json=person)
        assert made.status_code == 201, made.text
    why = {"reason": "She works elsewhere now"}
    assert (await anna.post("/v1/people/lea/end", json=why)).is_success
    assert (await omar.post("/v1/people/lea/confirm")).is_success


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(("method", "path", "body", "pointer"), WORK)
async def test_nobody_else_is_given_any(
    app: FastAPI, method: str, path: str, body: dict[str, Any], pointer: str
) -> None:
    who = "theo" if "delivery-manager" in path else "anna"
    for name, code in (("pia", "for_staff"), ("lea", "has_left")):
        async with client(app, who) as caller:
            answer = await caller.request(method, path, json=_naming(body, name))
        assert answer.status_code == 422, answer.text
        errors = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
        assert errors == [(pointer, code)]


def _naming(value: Any, name: str) -> Any:
    """The body with this name where one stands for it."""
    if isinstance(value, dict):
        return {key: _naming(one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_naming(one, name) for one in value]
    return name if value == "NAME" else value
