"""The app of the management port: health, metrics and the API's documents, for ops and not for callers.

It has an address of its own, so that what needs no token is not where strangers are.
"""

import json
from collections.abc import Mapping

from fastapi import FastAPI
from prometheus_client import REGISTRY

from common.http import docs, middleware, problems
from common.http.body import BodyLimit
from common.http.drain import Drain, drain_of
from common.http.health import ask_database, health, troubles_of
from common.http.management_state import DocumentName, ManagementState, RequestSide
from common.http.service import Component
from common.http.state import state_of
from common.persistence.workload import HEALTH
from common.telemetry.exposition import exposition

MAX_BODY_BYTES = 1024
"""Nothing here reads a body."""


def create_management_app(
    title: str, requests: RequestSide, components: Mapping[str, Component], drain: Drain
) -> FastAPI:
    """Create the app; `components` are those of this process, `requests` answers for its own."""
    app = FastAPI(title=title, openapi_url=None, redirect_slashes=False)
    app.state.management = ManagementState(requests, components, drain)
    app.include_router(health)
    app.include_router(docs.create_pages())
    problems.install(app)
    app.add_middleware(BodyLimit, limit=MAX_BODY_BYTES, limits_by_prefix={})
    app.add_middleware(middleware.EdgeMiddleware, drain=drain)
    return app


def management_for(app: FastAPI) -> FastAPI:
    """Create the management app of a service's app whose loops, if any, run in the same process."""
    return create_management_app(app.title, LocalRequests(app), {}, drain_of(app))


class LocalRequests:
    """The request side in this process."""

    silent_s = 0.0

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def troubles(self) -> dict[str, str]:
        state = state_of(self.app)
        return troubles_of(state.components) | await ask_database(state.database_for(HEALTH))

    async def metrics(self) -> bytes:
        troubles_of(state_of(self.app).components)
        return exposition(REGISTRY.collect())

    async def document(self, name: DocumentName) -> bytes:
        return render_document(self.app, name)


def render_document(app: FastAPI, name: DocumentName) -> bytes:
    """Return a document about the service's API. Takes a second the first time."""
    document = app.openapi()
    if name == "plain":
        return docs.render_plain(document).encode()
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
