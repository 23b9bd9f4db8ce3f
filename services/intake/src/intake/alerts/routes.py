"""What monitors post: kept first, understood second, whatever the format."""

from datetime import timedelta
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request

from common.auth import Caller, needs
from common.errors import Invalid, Malformed, Problem, Violation
from common.http import Told
from common.http.openapi import REFUSALS
from common.persistence.database import Database, moment
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, arm
from intake.alerts import store as alerts
from intake.alerts.commands import UNREAD, understand
from intake.alerts.domain.formats import FORMATS
from intake.alerts.store import KeptPost
from intake.tickets.domain.rejection import Refusal

SECOND_LOOK: Final = timedelta(seconds=30)
"""After how long a post is looked at again that was kept and not understood."""

# Not transactional by itself: this route commits twice, what came and then what it means.
routes = APIRouter(prefix="/v1/alerts", tags=["alerts"], responses=REFUSALS)


class AlertTaken(Told):
    """`known`: this alert's episode was told before. `ticket` is a key."""

    dedup_key: str
    effect: Literal["raised", "ended", "known"]
    ticket: str | None


class PostTaken(Told):
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
async def receive_alerts(
    format: Annotated[str, Path(max_length=100)],
    request: Request,
    caller: Annotated[Caller, needs("alerts:write")],
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
        at = await moment(tx)
        post = KeptPost(uuid7(), format, monitor, raw, at)
        await alerts.keep_post(tx, post)
        await arm(tx, [Deadline(UNREAD, post.id, at + SECOND_LOOK)])
    return post.id


def _problem(why: Refusal) -> Problem:
    """Kept all the same; but the monitor's set-up is wrong, and sending it again will not help."""
    if why.code == "malformed":
        return Malformed(why.detail)
    return Invalid([Violation("", why.code, why.detail)])
