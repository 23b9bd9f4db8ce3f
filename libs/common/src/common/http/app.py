"""The app of a service: what every one of the four has around its own routes."""

from fastapi import APIRouter, FastAPI

from common.http import docs, middleware, openapi, problems, token_revocation
from common.http.body import MIB, BodyLimit
from common.http.fast_routes import Thin
from common.http.health import health
from common.http.lifespan import lifespan_of
from common.http.route import unguarded
from common.http.service import Service


def create_app(service: Service, *more: APIRouter) -> FastAPI:
    """The ASGI app, with `more` routers than the service's own (simulated time).

    Its lifespan reads the settings, opens the database and starts every loop of the service.
    Raises ValueError for a route that names no permission: what is not guarded is not served.
    """
    app = FastAPI(
        title=service.title,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan_of(service),
        redirect_slashes=False,
        # `Edge` traces and measures: twice would cost a tenth of the accept route's time.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.service = service
    app.state.pending = service.pending
    app.state.parts = {}
    app.router.routes[:0] = service.thin
    for router in (health, docs.pages, token_revocation.routes, *service.routers, *more):
        app.include_router(router)
    problems.install(app)
    openapi.install(app, speaks_for_contacts=service.resolve_contact is not None)
    app.add_middleware(Thin, routes=service.thin)  # the last one added is the outermost
    app.add_middleware(BodyLimit, limit=MIB, larger=service.larger_bodies)
    app.add_middleware(middleware.Edge)
    if open_to_all := unguarded(app):
        raise ValueError(f"these routes name no permission: {', '.join(open_to_all)}")
    return app
