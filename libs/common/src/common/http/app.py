"""The ASGI app of a service: what every service has around its own routes."""

from fastapi import APIRouter, FastAPI

from common.http import docs, middleware, openapi, problems
from common.http.body import MIB, BodyLimit
from common.http.drain import Drain
from common.http.fast_routes import FastRoutes
from common.http.lifespan import JoinLoops, create_lifespan
from common.http.route import unguarded_routes
from common.http.service import Service
from common.http.unknown_callers import UnknownCallers


def create_app(
    service: Service, *extra_routers: APIRouter, join_loops: JoinLoops | None = None
) -> FastAPI:
    """Create the ASGI app; `extra_routers` beside the service's own are for simulated time.

    Its lifespan reads the settings, opens the database and starts the background loops, unless
    `join_loops` connects it with those of another process. What is for ops (health, metrics, the API's
    documents) is another app's, see `common.http.management`. Raises ValueError for a route that
    requires no permission and is not public.
    """
    app = FastAPI(
        title=service.title,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=create_lifespan(service, join_loops),
        redirect_slashes=False,
        # EdgeMiddleware traces and measures: doing it twice would cost the fast routes a tenth of their
        # time.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.drain = drain = Drain()
    app.router.routes[:0] = service.fast_routes
    # The extra ones first: the last route of the console takes every path.
    for router in (docs.stylesheet, *extra_routers, *service.routers):
        app.include_router(router)
    problems.install(app)
    openapi.install(app, speaks_for_contacts=service.resolve_contact is not None)
    app.add_middleware(
        FastRoutes, routes=service.fast_routes
    )  # the middleware added last is the outermost
    app.add_middleware(
        BodyLimit,
        limit=MIB,
        limits_by_prefix=service.body_limits,
        discards=service.discarded_bytes,
    )
    app.add_middleware(UnknownCallers)
    app.add_middleware(middleware.EdgeMiddleware, drain=drain)
    if routes := unguarded_routes(app, service.guarded_by):
        raise ValueError(f"these routes require no permission: {', '.join(routes)}")
    return app
