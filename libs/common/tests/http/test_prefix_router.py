"""Routers are asked only about paths that begin as their own do."""

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from common.http.prefix_router import PrefixRouter


class CountingRoute(APIRoute):
    """A route that notes about which paths it was asked."""

    asked: list[str] = []  # noqa: RUF012 (of all routes of the test)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        self.asked.append(scope["path"])
        return super().matches(scope)


def _router(prefix: str) -> PrefixRouter:
    router = PrefixRouter(prefix, [prefix], CountingRoute)

    @router.get("/{key}")
    async def read(key: str) -> str:
        return f"{prefix} {key}"

    return router


async def test_only_routers_of_the_prefix_are_asked() -> None:
    app = FastAPI()
    for prefix in ("/v1/tickets", "/v1/alerts", "/v1/customers/{customer}/sites"):
        app.include_router(_router(prefix))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        CountingRoute.asked.clear()
        assert (await http.get("/v1/nothing/a")).status_code == 404
        assert CountingRoute.asked == []
        assert (await http.get("/v1/alerts/a")).json() == "/v1/alerts a"
        assert set(CountingRoute.asked) == {"/v1/alerts/a"}
        found = await http.get("/v1/customers/acme/sites/a")
        assert found.json() == "/v1/customers/{customer}/sites a"
        refused = await http.post("/v1/alerts/a")
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
