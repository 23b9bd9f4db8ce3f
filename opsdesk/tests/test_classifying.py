"""`opsdesk tickets reclassify | confirm-classification`: what is asked for, how the answers read."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.commands import tickets
from opsdesk.desk import JSON, Desk
from opsdesk.running import Running

TICKET: dict[str, Any] = {
    "key": "OPS-7",
    "kind": "incident",
    "service": "billing",
    "correction": None,
}
Asked = list[tuple[str, str, JSON]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    seen: Asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        seen.append((request.method, request.url.path, body))
        if request.url.path.endswith("/reclassify"):
            said = {"kind": body.get("kind"), "service": body.get("service")}
            return httpx.Response(200, json=TICKET | {"correction": said})
        return httpx.Response(200, json=TICKET | ({"kind": "question"} if body["agree"] else {}))

    @asynccontextmanager
    async def desk() -> AsyncIterator[Desk]:
        where = Running({"intake": "http://intake"}, "kafka:9092")
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            yield Desk(client, where, "token")

    monkeypatch.setattr(tickets, "own_desk", desk)
    return seen


def told(*words: str) -> str:
    run = CliRunner().invoke(app, ["tickets", *words])
    assert run.exit_code == 0, run.output
    return run.output


def test_a_correction_is_asked_for_and_says_how_it_is_confirmed(asked: Asked) -> None:
    """R1"""
    words = told("reclassify", "OPS-7", "--kind", "question", "--reason", "Only asks how")
    body = {"kind": "question", "reason": "Only asks how"}
    assert asked == [("POST", "/v1/tickets/OPS-7/reclassify", body)]
    assert "OPS-7 is an incident about billing" in words
    assert "a question about billing" in words
    assert "opsdesk tickets confirm-classification OPS-7" in words


def test_a_correction_says_why(asked: Asked) -> None:
    run = CliRunner().invoke(app, ["tickets", "reclassify", "OPS-7", "--kind", "question"])
    assert run.exit_code != 0
    assert asked == []


def test_it_is_confirmed_or_declined(asked: Asked) -> None:
    assert "OPS-7 is a question about billing." in told("confirm-classification", "OPS-7")
    declined = told("confirm-classification", "OPS-7", "--decline", "--reason", "It is down")
    assert "OPS-7 is an incident about billing." in declined
    assert [body for _, _, body in asked] == [
        {"agree": True},
        {"agree": False, "reason": "It is down"},
    ]
