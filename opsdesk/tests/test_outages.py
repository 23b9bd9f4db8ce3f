"""`opsdesk outages`: what is asked for, and how the answers read."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from typer.testing import CliRunner

from opsdesk.__main__ import app
from opsdesk.desk import JSON, Desk
from opsdesk.running import Running

OUTAGE = {
    "key": "OUT-7",
    "customer": "acme",
    "environment": "acme-prod",
    "service": "billing",
    "source": "hand",
    "started_at": "2026-06-01T07:00:00Z",
    "ended_at": "2026-06-01T08:30:00Z",
    "lasted_seconds": 5400,
    "counts": True,
}
FIGURES = {
    "month": "2026-06",
    "timezone": "Europe/Amsterdam",
    "availability": 0.9924242,
    "promised": 0.99,
    "met": True,
    "agreed_seconds": 712800,
    "down_seconds": 5400,
    "excused_seconds": 0,
    "impaired_seconds": 0,
    "budget_used": 0.757575,
    "failures": 1,
    "mttr_seconds": 5400,
    "mtbf_seconds": 707400,
    "intervals": [
        {
            "from": "2026-06-01T07:00:00Z",
            "until": "2026-06-01T08:30:00Z",
            "why": "down",
            "counted_seconds": 5400,
            "outages": ["OUT-7"],
            "maintenance": [],
        }
    ],
}
Asked = list[tuple[str, str, JSON]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    seen: Asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else dict(request.url.params)
        seen.append((request.method, request.url.path, body))
        if request.method == "POST":
            return httpx.Response(200, json=OUTAGE)
        told = FIGURES if "availability" in request.url.path else {"items": [OUTAGE], "next": None}
        return httpx.Response(200, json=told)

    monkeypatch.setattr("opsdesk.commands.outages.own_desk", _desk(answer))
    return seen


def _desk(answer: Callable[[httpx.Request], httpx.Response]) -> object:
    @asynccontextmanager
    async def own_desk() -> AsyncIterator[Desk]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            yield Desk(client, Running({"sla": "http://sla"}, "kafka:9092"), "a-token")

    return own_desk


def _said(*words: str) -> str:
    told = CliRunner().invoke(app, ["outages", *words])
    assert told.exit_code == 0, told.output
    return told.output


def test_outages_are_listed(asked: Asked) -> None:
    told = _said("list", "--customer", "acme", "--state", "ended")
    assert "OUT-7" in told
    assert "1 h 30 min" in told
    assert asked == [("GET", "/v1/outages", {"limit": "50", "customer": "acme", "state": "ended"})]


def test_an_outage_is_opened_and_ended_by_hand(asked: Asked) -> None:
    assert "OUT-7 is open: billing is down" in _said("open", "No login", "--service", "billing")
    ended = _said("end", "OUT-7", "--at", "2026-06-01T10:30:00+02:00", "--reason", "Restarted")
    assert "OUT-7 has ended after 1 h 30 min." in ended
    assert asked == [
        ("POST", "/v1/outages", {"reason": "No login", "service": "billing"}),
        (
            "POST",
            "/v1/outages/OUT-7/end",
            {"ended_at": "2026-06-01T10:30:00+02:00", "reason": "Restarted"},
        ),
    ]


def test_availability_says_how_it_was_counted(asked: Asked) -> None:
    told = _said("availability", "--customer", "acme", "--month", "2026-06")
    for words in ("99.2424%", "99.0000%", "met", "75.7575%", "OUT-7"):
        assert words in told
    assert asked == [("GET", "/v1/availability", {"customer": "acme", "month": "2026-06"})]
