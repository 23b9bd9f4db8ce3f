"""What monitors post: kept first, understood second, whatever the format."""

from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request

from common.auth import Caller, requires
from common.errors import BadRequest, Problem, ValidationFailed, Violation
from common.http import ResponseModel
from common.http.openapi import ERROR_RESPONSES
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from intake.alerts import store as alerts
from intake.alerts.commands import UNREAD, understand
from intake.alerts.domain.formats import FORMATS
from intake.alerts.store import KeptPost
from intake.tickets.domain.rejection import Refusal

SECOND_LOOK: Final = timedelta(seconds=30)
"""After how long a post is looked at again that was kept and not understood."""

# Not transactional by itself: this route commits twice, what came and then what it means.
routes = APIRouter(prefix="/v1/alerts", tags=["alerts"], responses=ERROR_RESPONSES)


class AlertTaken(ResponseModel):
    """`known`: this alert's episode was told before. `ticket` is a key."""

    dedup_key: str
    effect: Literal["raised", "ended", "known"]
    ticket: str | None


class PostTaken(ResponseModel):
    id: UUID
    alerts: list[AlertTaken]


@routes.post(
    "/{format}",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def take(
    format: Annotated[str, Path(max_length=100)],
    request: Request,
    caller: Annotated[Caller, requires("alerts:write")],
) -> PostTaken:
    """Take a monitor's post in, in its own format. Unknown fields are kept, never refused."""
    if format not in FORMATS:
        raise Problem(
            "unknown-alert-format",
            "Unknown alert format",
            404,
            f"Post to /v1/alerts/ and one of: {', '.join(sorted(FORMATS))}.",
        )
    raw = await request.body()
    database: Database = request.app.state.database
    post_id = await _keep(database, format, raw, caller.sub)
    async with database.transaction() as tx:
        taken = await understand(tx, post_id)
    if isinstance(taken, Refusal):
        raise _problem(taken)
    return PostTaken(id=post_id, alerts=[AlertTaken.model_validate(one) for one in taken])


async def _keep(database: Database, format: str, raw: bytes, monitor: str) -> UUID:
    """Commit the post as it came, before anything can go wrong with understanding it."""
    async with database.transaction() as tx:
        at = await transaction_time(tx)
        post = KeptPost(uuid7(), format, monitor, raw, at)
        await alerts.keep_post(tx, post)
        await schedule(tx, [Deadline(UNREAD, post.id, at + SECOND_LOOK)])
    return post.id


def _problem(why: Refusal) -> Problem:
    """Kept all the same; but the monitor's set-up is wrong, and sending it again will not help."""
    if why.code == "malformed":
        return BadRequest(why.detail)
    return ValidationFailed([Violation("", why.code, why.detail)])
