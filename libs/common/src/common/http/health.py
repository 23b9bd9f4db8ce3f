"""Is it alive, is it ready, and if not why; and what Prometheus reads."""

import asyncio

from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse, Response

from common.persistence.database import Database

PATIENCE = 2.0
"""Seconds for which the database may take to answer a readiness check."""

health = APIRouter(include_in_schema=False)


@health.get("/health/live")
async def live() -> dict[str, str]:
    """The event loop turns; nothing else is asked."""
    return {"status": "live"}


@health.get("/health/ready")
async def ready(request: Request) -> Response:
    """200 when everything works; 503 with what does not, and why."""
    state = request.app.state
    parts = {name: part.trouble for name, part in state.parts.items()}
    parts["database"] = await _trouble_with(state.database)
    missing = {name: why for name, why in sorted(parts.items()) if why}
    status = 503 if missing else 200
    return JSONResponse({"ready": not missing, "not_ready": missing}, status)


@health.get("/metrics")
async def measured() -> Response:
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


async def _trouble_with(database: Database) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE), database.transaction() as tx:
            await tx.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        return f"does not answer: {type(error).__name__}"
    return None
