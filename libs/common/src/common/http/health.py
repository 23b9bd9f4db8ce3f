"""Liveness, readiness with the reasons against it, and the metrics for Prometheus."""

import asyncio

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from common.http.state import state_of
from common.persistence.database import Database

DATABASE_TIMEOUT_S = 2.0
"""Seconds that the database may take to answer a readiness check."""

health = APIRouter(include_in_schema=False)


@health.get("/health/live")
async def live() -> dict[str, str]:
    """Answer 200 as long as the event loop runs."""
    return {"status": "live"}


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """Answer 200 when everything works, otherwise 503 with what does not and why."""
    state = state_of(request.app)
    troubles = {name: component.trouble for name, component in state.components.items()}
    troubles["database"] = await _database_problem(state.runtime.database)
    not_ready = {name: trouble for name, trouble in sorted(troubles.items()) if trouble}
    status = 503 if not_ready else 200
    return JSONResponse({"ready": not not_ready, "not_ready": not_ready}, status)


@health.get("/metrics")
async def export_metrics() -> Response:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


async def _database_problem(database: Database) -> str | None:
    try:
        async with asyncio.timeout(DATABASE_TIMEOUT_S), database.transaction() as tx:
            await tx.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return f"does not answer: {type(error).__name__}"
    return None
