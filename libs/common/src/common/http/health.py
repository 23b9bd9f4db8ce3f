"""Liveness, readiness with the reasons against it, and the metrics for Prometheus: on the management port.

Ready means: requests are answered here. So Kafka being away makes a replica *degraded* (200, and the
answer says so): it goes on accepting, and taking all replicas out would make an outage of it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from common.auth.claims import CLOCK_SKEW_S
from common.http.management_state import management_of
from common.http.service import Component
from common.now import now
from common.persistence.database import Database
from common.persistence.errors import CONNECTION_ERRORS, describe_error
from common.telemetry import metrics

NEEDED_BY_REQUESTS: Final = frozenset({"database", "keys", "draining", "requests"})
"""Without these no request can be answered: the replica is unready."""
STUCK_AFTER_S: Final = 30.0
"""Seconds without a word of the process that answers requests after which the replica is not alive."""

health = APIRouter(include_in_schema=False)


@health.get("/health/live")
async def live(request: Request) -> Response:
    """Answer 200 as long as the event loops of both processes turn."""
    silent_s = management_of(request.app).requests.silent_s
    if silent_s > STUCK_AFTER_S:
        why = f"the process that answers requests has not turned for {silent_s:.0f} s"
        return JSONResponse({"status": "stuck", "why": why}, 503)
    return JSONResponse({"status": "live"})


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """Answer 200 while requests are answered, `ready` or `degraded`; 503 `unready` otherwise.

    The body names what does not work and why, in `not_ready` and `degraded`.
    """
    management = management_of(request.app)
    troubles = troubles_of(management.components)
    if management.drain.has_begun:
        troubles["draining"] = "this replica is being stopped"
    troubles |= await management.requests.troubles()
    not_ready = {name: why for name, why in troubles.items() if name in NEEDED_BY_REQUESTS}
    degraded = {name: why for name, why in troubles.items() if name not in NEEDED_BY_REQUESTS}
    status = "unready" if not_ready else "degraded" if degraded else "ready"
    body = {"status": status, "not_ready": not_ready, "degraded": degraded}
    return JSONResponse(body, 503 if not_ready else 200)


@health.get("/metrics")
async def export_metrics(request: Request) -> Response:
    """Export the metrics of both processes. What is degraded pages by them: readiness says 200."""
    management = management_of(request.app)
    troubles_of(management.components)
    return Response(
        await management.requests.metrics(), headers={"content-type": CONTENT_TYPE_LATEST}
    )


def troubles_of(components: Mapping[str, Component]) -> dict[str, str]:
    """Return what does not work at present, by component, and set the gauge of each."""
    troubles: dict[str, str] = {}
    for name, component in sorted(components.items()):
        trouble = component.trouble
        metrics.COMPONENT_TROUBLE.labels(name).set(trouble is not None)
        if trouble:
            troubles[name] = trouble
    return troubles


async def ask_database(database: Database) -> dict[str, str]:
    """Return what does not work, of the database, and of this machine's clock beside its clock; set the gauges of both."""
    # No time-out of our own around it: it would leave the statement running, and the connection lost.
    try:
        async with database.transaction() as tx:
            theirs: datetime | None = await tx.scalar(text("SELECT statement_timestamp()"))
    except (SQLAlchemyError, *CONNECTION_ERRORS) as error:
        metrics.COMPONENT_TROUBLE.labels("database").set(1)
        return {"database": f"does not answer: {describe_error(error)}"}
    assert theirs is not None
    metrics.COMPONENT_TROUBLE.labels("database").set(0)
    difference_s = (now() - theirs).total_seconds()
    is_off = abs(difference_s) > CLOCK_SKEW_S
    metrics.COMPONENT_TROUBLE.labels("clock").set(is_off)
    return {"clock": _describe_clock(difference_s)} if is_off else {}


def _describe_clock(difference_s: float) -> str:
    direction = "ahead of" if difference_s > 0 else "behind"
    return f"this machine's clock is {abs(difference_s):.0f} s {direction} the database's: tokens are judged by it, and may be refused. Set the clocks of both machines (NTP)"
