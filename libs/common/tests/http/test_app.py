"""What every app has around its routes."""

import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI
from httpx import AsyncClient
from prometheus_client import REGISTRY
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from common.auth.requirements import RequiresPermission
from common.errors import Conflict
from common.http import AppState, Service, create_app, health, state_of
from common.http.drain import drain_of
from common.http.state import set_state
from common.now import now
from common.persistence.database import Database
from common.telemetry import metrics
from opsdesk_testing.client import app_for, client
from opsdesk_testing.routes import unguarded_routes


def test_no_route_is_open_by_accident(app: FastAPI) -> None:
    assert unguarded_routes(app) == []


def test_an_app_with_an_open_route_is_not_made(service: Service) -> None:
    careless = APIRouter(prefix="/v1/careless")
    careless.add_api_route("/things", lambda: None)
    with pytest.raises(ValueError, match="/v1/careless/things"):
        create_app(replace(service, routers=(*service.routers, careless)))


class FastEndpoint:
    """An endpoint of a fast route."""

    needs = RequiresPermission("tickets:open")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope

    def __await__(self) -> object:
        return self.refuse().__await__()

    async def refuse(self) -> None:
        self.needs.check(
            await state_of(self.scope["app"]).request_authenticator.authenticate(self.scope)
        )
        raise Conflict("fast, and no less polite")


async def test_a_fast_route_is_guarded_and_refuses_like_all_others(
    service: Service, database: Database
) -> None:
    app = app_for(
        replace(service, fast_routes=(Route("/v1/fast", FastEndpoint, methods=["POST"]),)), database
    )
    async with client(app) as anna, client(app, None) as nobody:
        refused = await anna.post("/v1/fast")
        assert refused.status_code == 409
        assert refused.json()["detail"] == "fast, and no less polite"
        assert (await nobody.post("/v1/fast")).status_code == 401
    found = metrics.HTTP_REQUESTS.labels("POST", "/v1/fast", 409)._value.get()
    assert found >= 1
    assert _timed("POST", "/v1/fast", "refused") >= 1
    assert _timed("POST", "/v1/fast", "success") == 0


async def test_durations_are_apart_by_method_and_by_what_became_of_it(
    app: FastAPI, anna: AsyncClient, ops: AsyncClient
) -> None:
    """Quick refusals and lists must not make slow new tickets look fast."""
    before = _timed("GET", "/v1/things/{name}", "success")
    await anna.get("/v1/things/a")
    assert _timed("GET", "/v1/things/{name}", "success") == before + 1
    unready = _timed("GET", "/health/ready", "failed")
    set_state(app, with_lost_database(state_of(app)))
    await ops.get("/health/ready")
    assert _timed("GET", "/health/ready", "failed") == unready + 1


def _timed(method: str, route: str, outcome: str) -> float:
    labels = {"method": method, "route": route, "outcome": outcome}
    return REGISTRY.get_sample_value("opsdesk_http_request_seconds_count", labels) or 0


async def test_alive_and_ready(ops: AsyncClient) -> None:
    assert (await ops.get("/health/live")).json() == {"status": "live"}
    ready = await ops.get("/health/ready")
    body = {"status": "ready", "not_ready": {}, "degraded": {}}
    assert (ready.status_code, ready.json()) == (200, body)


def with_lost_database(state: AppState) -> AppState:
    lost = Database("postgresql://a:b@127.0.0.1:1/c", "sla")
    return replace(state, runtime=replace(state.runtime, database=lost))


async def test_not_ready_says_what_and_why(app: FastAPI, ops: AsyncClient) -> None:
    state = with_lost_database(state_of(app))
    set_state(
        app, replace(state, components={"relay": SimpleNamespace(trouble="no broker answers")})
    )
    answer = await ops.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")
    assert answer.json()["degraded"] == {"relay": "no broker answers"}
    assert "does not answer" in answer.json()["not_ready"]["database"]
    assert (await ops.get("/health/live")).status_code == 200


@pytest.mark.parametrize(
    ("minutes", "difference"), [(60, "3600 s ahead of"), (-60, "3600 s behind")]
)
async def test_a_wrong_clock_is_told_before_it_is_searched_for(
    ops: AsyncClient, monkeypatch: pytest.MonkeyPatch, minutes: int, difference: str
) -> None:
    monkeypatch.setattr(health, "now", lambda: now() + timedelta(minutes=minutes))
    answer = await ops.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert f"clock is {difference} the database's" in answer.json()["degraded"]["clock"]
    text = (await ops.get("/metrics")).text
    assert 'opsdesk_component_trouble{component="clock"} 1.0' in text


async def test_without_kafka_a_replica_is_degraded_and_goes_on(
    app: FastAPI, ops: AsyncClient
) -> None:
    relay = SimpleNamespace(trouble="no broker answers")
    set_state(app, replace(state_of(app), components={"relay": relay}))
    answer = await ops.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["degraded"] == {"relay": "no broker answers"}
    assert 'opsdesk_component_trouble{component="relay"} 1.0' in (await ops.get("/metrics")).text
    relay.trouble = None
    assert (await ops.get("/health/ready")).json()["status"] == "ready"
    assert 'opsdesk_component_trouble{component="relay"} 0.0' in (await ops.get("/metrics")).text


async def test_without_the_keys_of_the_issuer_nobody_can_be_answered(
    app: FastAPI, ops: AsyncClient
) -> None:
    keys = SimpleNamespace(trouble="not read")
    set_state(app, replace(state_of(app), components={"keys": keys}))
    answer = await ops.get("/health/ready")
    assert (answer.status_code, answer.json()["not_ready"]) == (503, {"keys": "not read"})
    assert 'opsdesk_component_trouble{component="keys"} 1.0' in (await ops.get("/metrics")).text


async def test_a_replica_that_drains_is_unready_and_keeps_no_connection(
    app: FastAPI, anna: AsyncClient, ops: AsyncClient
) -> None:
    assert "connection" not in (await anna.get("/v1/things/a")).headers
    drain_of(app).begin()
    ready = await ops.get("/health/ready")
    assert (ready.status_code, set(ready.json()["not_ready"])) == (503, {"draining"})
    answer = await anna.get("/v1/things/a")
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")


async def test_a_lost_database_is_a_503(app: FastAPI, anna: AsyncClient) -> None:
    set_state(app, with_lost_database(state_of(app)))
    answer = await anna.get("/v1/things/a")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"


async def test_metrics_name_routes_and_never_ids(anna: AsyncClient, ops: AsyncClient) -> None:
    await anna.get("/v1/things/very-special-id")
    text = (await ops.get("/metrics")).text
    assert 'route="/v1/things/{name}"' in text
    assert "very-special-id" not in text


async def test_every_page_carries_the_security_headers(anna: AsyncClient, ops: AsyncClient) -> None:
    pages = [(ops, one) for one in ("/docs", "/docs/plain", "/openapi.json", "/health/live")]
    pages += [(anna, one) for one in ("/v1/things", "/v1/nothing")]
    for asked, path in pages:
        headers = (await asked.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


async def test_a_trace_goes_on_and_a_problem_names_it(anna: AsyncClient) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    answer = await anna.get("/v1/things/none", headers=headers)
    assert answer.json()["trace_id"] == trace


async def test_the_plain_docs_show_every_operation(ops: AsyncClient) -> None:
    page = await ops.get("/docs/plain")
    assert page.headers["content-type"].startswith("text/html")
    for shown in ("/v1/things/{name}", "Make a thing.", "tickets:open"):
        assert shown in page.text
    assert "<script" not in page.text
    assert (await ops.get("/docs/style.css")).headers["content-type"].startswith("text/css")


async def test_the_docs_are_shown_with_what_is_served_here(ops: AsyncClient) -> None:
    page = await ops.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script[^>]*>(?!</script>)", page.text) == []
    addresses = [a for a in re.findall(r'(?:src|href)="([^"]+)"', page.text) if a != "data:,"]
    assert len(addresses) == 4
    for address in addresses:
        assert "//" not in address
        found = await ops.get(f"/{address}")
        assert found.status_code == 200, address
    bundle = await ops.get("/docs/swagger-ui-bundle.js")
    assert "javascript" in bundle.headers["content-type"]
    assert b"SwaggerUIBundle" in bundle.content
    assert '"openapi.json"' in (await ops.get("/docs/start.js")).text


async def test_the_document_names_refusals_permissions_and_keys(ops: AsyncClient) -> None:
    document = (await ops.get("/openapi.json")).json()
    make = document["paths"]["/v1/things"]["post"]
    assert make["security"] == [{"bearer": []}]
    assert make["x-permissions"] == ["tickets:open"]
    assert {"Idempotency-Key", "On-Behalf-Of"} <= {one["name"] for one in make["parameters"]}
    for status in (
        "400",
        "401",
        "403",
        "404",
        "409",
        "412",
        "413",
        "415",
        "422",
        "429",
        "503",
        "504",
    ):
        assert list(make["responses"][status]["content"]) == ["application/problem+json"]
    assert set(document["components"]["schemas"]["Problem"]["required"]) >= {"type", "trace_id"}
    schemas = document["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    assert schemas["ThingPage"]["title"] == "ThingPage"
    shown = document["paths"]["/v1/things"]["get"]["responses"]["200"]["content"]
    assert shown["application/json"]["schema"] == {"$ref": "#/components/schemas/ThingPage"}
