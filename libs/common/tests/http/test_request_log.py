"""One line per request: who, which route, which status, how long; nothing that anybody wrote."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from common.telemetry import line_log, request_log
from common.telemetry.line_log import LineLog, configure_line_log
from opsdesk_testing.client import client
from opsdesk_testing.waiting import until

Lines = Callable[[int], Any]


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    stream = io.StringIO()
    monkeypatch.setattr(line_log._Configured, "log", None)
    configure_line_log("things", "json", stream)
    return stream


@pytest.fixture
def lines(stream: io.StringIO) -> Lines:
    """Wait for so many lines, which leave at the next turn of the event loop."""

    async def wait_for(number: int) -> list[dict[str, Any]]:
        await until(lambda: stream.getvalue().count("\n") >= number)
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return wait_for


async def test_a_request_is_one_line(anna: AsyncClient, lines: Lines) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = await anna.get("/v1/things/secret-thing", headers=headers)
    assert answer.status_code == 200
    (line,) = await lines(1)
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "http.request",
        "service": "things",
        "trace_id": trace,
        "method": "GET",
        "route": "/v1/things/{name}",
        "status": 200,
        "caller": "anna",
    }


async def test_refusals_and_errors_are_lines_too(
    app: FastAPI, anna: AsyncClient, lines: Lines, stream: io.StringIO
) -> None:
    async with client(app, None) as nobody:
        await nobody.get("/v1/things/a")
    await anna.post("/v1/things", json={"name": "odd"})
    await anna.get("/v1/nothing?secret=1")
    await anna.get("/v1/things/a?secret=1")
    await anna.request("BREW", "/v1/things")
    found = await lines(5)
    assert [(one["method"], one["route"], one["status"], one["caller"]) for one in found] == [
        ("GET", "/v1/things/{name}", 401, None),
        ("POST", "/v1/things", 500, "anna"),
        ("GET", "unmatched", 404, None),
        ("GET", "/v1/things/{name}", 422, "anna"),
        ("other", "/v1/things", 405, None),
    ]
    assert "secret" not in stream.getvalue()


async def test_who_is_spoken_for_is_named_by_id_and_never_by_address(
    app: FastAPI, lines: Lines, stream: io.StringIO
) -> None:
    async with client(app, "portal") as portal:
        headers = {"On-Behalf-Of": "mailto:jan@acme.example"}
        await portal.get("/v1/things", headers=headers)
    (line,) = await lines(1)
    assert line["caller"].endswith(">contact/00000000-0000-0000-0000-000000000005")
    assert "@" not in stream.getvalue()


async def test_an_address_as_sub_is_hidden(lines: Lines, stream: io.StringIO) -> None:
    request_log.log_request("GET", "/v1/things", 200, 0.001, "jan@acme.example")
    (line,) = await lines(1)
    assert line["caller"] == "[hidden]"


async def test_probes_are_lines_only_where_they_fail(
    app: FastAPI, ops: AsyncClient, lines: Lines
) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert (await ops.get(path)).status_code == 200
    app.state.drain.begin()
    await ops.get("/health/ready")
    (line,) = await lines(1)
    assert (line["route"], line["status"]) == ("/health/ready", 503)


async def test_a_terminal_gets_plain_lines_in_one_write_a_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(line_log._Configured, "log", LineLog("things", "console", stream))
    for status in (200, 404):
        request_log.log_request("GET", "/v1/things", status, 0.0123, None)
    assert stream.getvalue() == ""
    await until(lambda: stream.getvalue() != "")
    first, second = stream.getvalue().splitlines()
    assert first.endswith(" GET /v1/things 200 12.3 ms null")
    assert second.endswith(" GET /v1/things 404 12.3 ms null")
