"""The HTTP route of alerts: a post of a monitor is stored first and processed second."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Request

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import BadRequest, Problem, ValidationFailed, Violation
from common.http import authorized_router, runtime_of
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.alerts import store as alerts
from intake.alerts.commands import RETRY_KIND, process
from intake.alerts.domain.formats import FORMATS
from intake.alerts.schemas import AlertResultRead, PostResult
from intake.alerts.store import StoredPost

RETRY_DELAY: Final = timedelta(seconds=30)
"""How long after it was stored an unprocessed post is processed again."""

# Not transactional: its route commits twice, the raw post and what it led to.
routes = authorized_router("/v1/alerts", ["alerts"])


@routes.post(
    "/{format}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def receive_alerts(
    format: Annotated[str, Path(max_length=100)],
    request: Request,
    caller: Annotated[Caller, requires("alerts:write")],
) -> PostResult:
    """Receive alerts in the format of a monitor. Unknown fields are stored and ignored."""
    if format not in FORMATS:
        raise Problem(
            "unknown-alert-format",
            "Unknown alert format",
            404,
            f"Post to /v1/alerts/ and one of: {', '.join(sorted(FORMATS))}.",
        )
    raw = await request.body()
    database = runtime_of(request.app).database
    post_id = await _store_raw(database, format, raw, caller.sub)
    async with database.transaction() as tx:
        results = await process(tx, post_id)
    if isinstance(results, Rejection):
        raise _to_problem(results)
    return PostResult(
        id=post_id, alerts=[AlertResultRead.model_validate(result) for result in results]
    )


async def _store_raw(database: Database, format: str, raw: bytes, monitor: str) -> UUID:
    """Commit the post as it came, before it is processed. Its id."""
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        post = StoredPost(uuid7(), format, monitor, raw, at)
        await alerts.add_post(tx, post)
        await schedule(tx, [Deadline(RETRY_KIND, post.id, at + RETRY_DELAY)])
    return post.id


def _to_problem(rejection: Rejection) -> Problem:
    """The HTTP error for a post that cannot be read; it stays stored."""
    if rejection.code == "MALFORMED":
        return BadRequest(rejection.detail)
    return ValidationFailed([Violation("", rejection.code.lower(), rejection.detail)])
