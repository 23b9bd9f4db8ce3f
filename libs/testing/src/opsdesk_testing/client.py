"""A service's app in a test: its routes on a test database, without Kafka and without loops."""

import os
from copy import copy
from functools import cache
from tempfile import gettempdir
from typing import Any, TypeVar

from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.datastructures import State
from starlette.middleware import Middleware

from common.auth.tokens import Authenticator
from common.http import Service, attach_state, create_app
from common.http.drain import Drain
from common.http.management import management_for
from common.persistence.database import Database
from common.settings import Settings
from common.telemetry.logs import configure_logs
from opsdesk_testing.tokens import AUDIENCE, ISSUER, create_authenticator, token


@cache
def _plain_logs() -> None:
    # structlog's default formats every variable of a traceback: ten seconds for one error.
    configure_logs("test", "json")


S = TypeVar("S", bound=Settings)


def app_for(
    service: Service,
    database: Database,
    *extra_routers: APIRouter,
    settings: Settings | None = None,
    authenticator: Authenticator | None = None,
) -> FastAPI:
    """Create the service's app on this database; it accepts the tokens of `opsdesk_testing.tokens`."""
    _plain_logs()
    app = _with_own_state(_app_with_routes(service, extra_routers))
    attach_state(
        app,
        service,
        settings or settings_for(service.settings, database.url),
        database,
        authenticator or create_authenticator(),
    )
    return app


def _app_with_routes(service: Service, extra_routers: tuple[APIRouter, ...]) -> FastAPI:
    """Return the app of these routes: with hundreds of them, building it takes longer than a test."""
    key = (id(service), *map(id, extra_routers))
    if key not in _apps:
        _apps[key] = create_app(service, *extra_routers), (service, extra_routers)
    return _apps[key][0]


_apps: dict[tuple[int, ...], tuple[FastAPI, object]] = {}
"""Apps by the identity of what they were made of, which is held so that no other gets its id."""


def _with_own_state(app: FastAPI) -> FastAPI:
    """Return an app with the same routes, whose state no other test sees."""
    own = copy(app)
    own.state, own.middleware_stack = State(), None
    own.state.drain = drain = Drain()
    own.user_middleware = [_with_drain(one, drain) for one in app.user_middleware]
    return own


def _with_drain(middleware: Middleware, drain: Drain) -> Middleware:
    if "drain" not in middleware.kwargs:
        return middleware
    own = copy(middleware)
    own.kwargs = {**middleware.kwargs, "drain": drain}  # type: ignore[assignment]  # P.kwargs is no dict
    return own


def settings_for(kind: type[S], database_url: str, **given: object) -> S:
    """Create settings for a test, with `given` values instead of the defaults."""
    values: dict[str, object] = {
        "environment": "test",
        "time_mode": "simulated",
        "database_url": database_url,
        "kafka_bootstrap_servers": "127.0.0.1:9",
        "issuer": ISSUER,
        "audience": AUDIENCE,
        "jwks_url": "unused",
        # Of intake; else a test would write where an installation does.
        "attachment_storage": f"file://{gettempdir()}/opsdesk-tests-{os.getpid()}/attachments",
    } | given
    return kind.model_validate(values)


def client(app: FastAPI, as_: str | None = "anna", **claims: Any) -> AsyncClient:
    """Create an HTTP client with the token of `as_` (claims as for `token`), None for no token.

    Use it as a context manager.
    """
    headers = {} if as_ is None else {"Authorization": f"Bearer {token(as_, **claims)}"}
    # A test sees the responses that a caller would see, not the exceptions of the app.
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://test", headers=headers)


def management_client(app: FastAPI) -> AsyncClient:
    """Create an HTTP client of the management port that belongs to the app."""
    transport = ASGITransport(management_for(app), raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://management")
