"""Liveness, readiness with the reasons against it, and the metrics for Prometheus.

Ready means: requests are answered here. So Kafka being away makes a replica *degraded* (200, and the
answer says so): it goes on accepting, and taking all replicas out would make an outage of it.
"""

from datetime import datetime
from typing import Final

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from common.auth.claims import CLOCK_SKEW_S
from common.http.drain import drain_of
from common.http.state import AppState, state_of
from common.now import now
from common.persistence.database import Database
from common.persistence.errors import describe_error
from common.persistence.workload import HEALTH
from common.telemetry import metrics

NEEDED_BY_REQUESTS: Final = frozenset({"database", "keys", "draining"})
"""Without these no request can be answered: the replica is unready."""

health = APIRouter(include_in_schema=False)


@health.get("/health/live")
async def live() -> dict[str, str]:
    """Answer 200 as long as the event loop runs."""
    return {"status": "live"}


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """Answer 200 while requests are answered, `ready` or `degraded`; 503 `unready` otherwise.

    The body names what does not work and why, in `not_ready` and `degraded`.
    """
    state = state_of(request.app)
    troubles = _troubles(state)
    if drain_of(request.app).has_begun:
        troubles["draining"] = "this replica is being stopped"
    troubles |= await _ask_database(state.database_for(HEALTH))
    not_ready = {name: why for name, why in troubles.items() if name in NEEDED_BY_REQUESTS}
    degraded = {name: why for name, why in troubles.items() if name not in NEEDED_BY_REQUESTS}
    status = "unready" if not_ready else "degraded" if degraded else "ready"
    body = {"status": status, "not_ready": not_ready, "degraded": degraded}
    return JSONResponse(body, 503 if not_ready else 200)


@health.get("/metrics")
async def export_metrics(request: Request) -> Response:
    """Export all metrics. What is degraded pages by them: readiness says 200."""
    state = state_of(request.app)
    for name, component in state.components.items():
        metrics.COMPONENT_TROUBLE.labels(name).set(component.trouble is not None)
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


def _troubles(state: AppState) -> dict[str, str]:
    """Return what does not work at present, by component."""
    return {
        name: trouble
        for name, component in sorted(state.components.items())
        if (trouble := component.trouble)
    }


async def _ask_database(database: Database) -> dict[str, str]:
    """Return what does not work, of the database, and of this machine's clock beside its clock."""
    # No time-out of our own around it: it would leave the statement running, and the connection lost.
    try:
        async with database.transaction() as tx:
            theirs: datetime | None = await tx.scalar(text("SELECT statement_timestamp()"))
    except (SQLAlchemyError, OSError) as error:
        return {"database": f"does not answer: {describe_error(error)}"}
    assert theirs is not None
    difference_s = (now() - theirs).total_seconds()
    metrics.CLOCK_DIFFERENCE.set(difference_s)
    is_off = abs(difference_s) > CLOCK_SKEW_S
    metrics.COMPONENT_TROUBLE.labels("clock").set(is_off)
    return {"clock": _describe_clock(difference_s)} if is_off else {}


def _describe_clock(difference_s: float) -> str:
    direction = "ahead of" if difference_s > 0 else "behind"
    return (
        f"this machine's clock is {abs(difference_s):.0f} s {direction} the database's: tokens are "
        "judged by it, and may be refused. Set the clocks of both machines (NTP)"
    )
