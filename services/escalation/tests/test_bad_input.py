"""Every route refuses invalid requests, names what is wrong, and never answers 500."""

from typing import Any

import pytest
from fastapi import FastAPI

from opsdesk_testing.client import client

STEP = {"targets": [{"kind": "role", "name": "ops"}], "delay_seconds": 60}
POLICY = {"key": "p", "steps": [STEP], "fallback": "gina"}
LAYER = {
    "participants": ["anna"],
    "starts_at": "2026-01-01T09:00",
    "timezone": "UTC",
    "length": 1,
    "unit": "weeks",
}
ROTA = {"key": "r", "layers": [LAYER]}
OVERRIDE = {"kind": "add", "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-01-02T00:00:00Z"}
LAST_ROW = {"when": {}, "policy": "default"}
SETTINGS = "/v1/people/theo/notification-settings"

WRONG: list[tuple[str, str, Any, int, str]] = [
    ("POST", "/v1/policies", POLICY | {"surprise": 1}, 422, "/surprise"),
    ("POST", "/v1/policies", POLICY | {"steps": []}, 422, "/steps"),
    ("POST", "/v1/policies", POLICY | {"steps": [STEP | {"delay_seconds": 0}]}, 422, "policy"),
    ("POST", "/v1/policies", POLICY | {"fallback": "nobody"}, 422, "/fallback"),
    ("POST", "/v1/policies", POLICY | {"fallback": "a\0b"}, 422, "nul"),
    ("POST", "/v1/policies", POLICY | {"key": "No Key"}, 422, "/key"),
    ("POST", "/v1/policies", POLICY | {"repeat": -2}, 422, "/repeat"),
    ("POST", "/v1/policies", POLICY | {"repeat": 10**30}, 422, "/repeat"),
    (
        "POST",
        "/v1/policies",
        POLICY | {"steps": [STEP | {"targets": [{"kind": "rota", "name": "x"}]}]},
        422,
        "unknown_reference",
    ),
    ("GET", "/v1/policies/nothing", None, 404, "policy"),
    ("GET", "/v1/policies/default?version=0", None, 422, "version"),
    ("GET", "/v1/policies?limit=0", None, 422, "limit"),
    ("GET", "/v1/policies?cursor=nonsense", None, 422, "cursor"),
    ("PUT", "/v1/matrix", {"rows": []}, 422, "/rows"),
    ("PUT", "/v1/matrix", {"rows": [{"when": {}, "policy": "nobody"}]}, 422, "unknown_reference"),
    (
        "PUT",
        "/v1/matrix",
        {"rows": [{"when": {"severity": ["bad"]}, "policy": "default"}, LAST_ROW]},
        422,
        "unknown_value",
    ),
    (
        "PUT",
        "/v1/matrix",
        {"rows": [{"when": {"tier": ["test"]}, "policy": "default"}]},
        422,
        "last row",
    ),
    (
        "POST",
        "/v1/rotas",
        ROTA | {"layers": [LAYER | {"timezone": "Mars/Olympus"}]},
        422,
        "unknown_timezone",
    ),
    (
        "POST",
        "/v1/rotas",
        ROTA | {"layers": [LAYER | {"timezone": "../etc"}]},
        422,
        "unknown_timezone",
    ),
    (
        "POST",
        "/v1/rotas",
        ROTA | {"layers": [LAYER | {"starts_at": "2026-02-30T09:00"}]},
        422,
        "local_time",
    ),
    ("POST", "/v1/rotas", ROTA | {"layers": [LAYER | {"length": 0}]}, 422, "length"),
    (
        "POST",
        "/v1/rotas",
        ROTA | {"layers": [LAYER | {"participants": ["x"]}]},
        422,
        "unknown_reference",
    ),
    ("POST", "/v1/rotas", ROTA | {"overrides": [OVERRIDE]}, 422, "give person"),
    ("POST", "/v1/rotas/none/overrides", OVERRIDE | {"person": "anna"}, 404, "rota"),
    (
        "POST",
        "/v1/rotas/none/overrides",
        OVERRIDE | {"person": "anna", "ends_at": OVERRIDE["starts_at"]},
        422,
        "after start",
    ),
    (
        "POST",
        "/v1/rotas/none/overrides",
        OVERRIDE | {"person": "anna", "starts_at": "2026-01-01T00:00:00"},
        422,
        "/start",
    ),
    ("GET", "/v1/rotas/none", None, 404, "rota"),
    ("GET", "/v1/rotas?cursor=x", None, 422, "cursor"),
    ("GET", "/v1/oncall?at=yesterday", None, 422, "at"),
    ("GET", "/v1/oncall?at=2026-01-01T00:00:00", None, 422, "timezone"),
    ("GET", "/v1/oncall?rota=none", None, 422, "unknown_reference"),
    ("POST", "/v1/escalations", {"title": "", "severity": "major"}, 422, "/title"),
    ("POST", "/v1/escalations", {"title": "x", "severity": "awful"}, 422, "/severity"),
    (
        "POST",
        "/v1/escalations",
        {"title": "x", "severity": "major", "customer": "nobody"},
        422,
        "unknown_reference",
    ),
    (
        "POST",
        "/v1/escalations",
        {"title": "x", "severity": "major", "policy": "nothing"},
        422,
        "unknown_reference",
    ),
    ("GET", "/v1/escalations?state=lost", None, 422, "state"),
    ("GET", "/v1/escalations?limit=201", None, 422, "limit"),
    ("GET", "/v1/escalations/ESC-99", None, 404, "escalation"),
    ("POST", "/v1/escalations/ESC-99/acknowledge", None, 404, "escalation"),
    ("POST", "/v1/escalations/ESC-99/escalate", None, 404, "escalation"),
    ("POST", "/v1/escalations/ESC-99/resolve", {"reason": ""}, 422, "/reason"),
    ("POST", "/v1/escalations/ESC-99/resolve", {"reason": "x"}, 404, "escalation"),
    ("POST", "/v1/escalations/ESC-99/snooze", {"until": "tomorrow"}, 422, "/until"),
    ("POST", "/v1/escalations/ESC-99/snooze", {"until": "9999-12-31T23:59:59Z"}, 422, "/until"),
    ("POST", "/v1/escalations/ESC-99/move", {"policy": "nothing"}, 422, "unknown_reference"),
    ("POST", "/v1/escalations/ESC-99/move", {"policy": "default"}, 404, "escalation"),
    ("GET", "/v1/notifications", None, 422, "escalation"),
    ("GET", "/v1/notifications?escalation=ESC-99", None, 404, "escalation"),
    ("GET", "/v1/people/nobody/notification-settings", None, 404, "person"),
    ("GET", "/v1/people/fallback/notification-settings", None, 404, "person"),
    ("PUT", SETTINGS, {"channels": [{"kind": "pigeon", "address": "a@b"}]}, 422, "kind"),
    (
        "PUT",
        SETTINGS,
        {"channels": [{"kind": "email", "address": "a@b.example\r\nBcc: c@d"}]},
        422,
        "address",
    ),
    ("PUT", SETTINGS, {"rules": []}, 422, "/rules"),
]


async def test_invalid_requests_are_refused_and_named(app: FastAPI) -> None:
    async with client(app, "theo") as theo:
        for method, path, body, status, part in WRONG:
            answer = await theo.request(method, path, json=body)
            assert (answer.status_code, part in answer.text) == (status, True), (
                f"{method} {path} {body}: {answer.status_code} {answer.text}"
            )
            assert answer.headers["content-type"] == "application/problem+json"


NOT_ALLOWED = [
    ("POST", "/v1/policies", POLICY, "anna"),
    ("PUT", "/v1/matrix", {"rows": [LAST_ROW]}, "anna"),
    ("POST", "/v1/rotas", ROTA, "dana"),
    ("PUT", SETTINGS, {}, "quin"),
    ("GET", "/v1/escalations", None, "jan"),
    ("GET", "/v1/oncall", None, "hosthaven"),
    ("POST", "/v1/escalations", {"title": "x", "severity": "major"}, "pipeline"),
]


@pytest.mark.parametrize("with_token", [False, True])
async def test_actions_without_permission_are_refused(app: FastAPI, with_token: bool) -> None:
    for method, path, body, sub in NOT_ALLOWED:
        async with client(app, sub if with_token else None) as http:
            answer = await http.request(method, path, json=body)
        assert answer.status_code == (403 if with_token else 401), f"{method} {path} as {sub}"
