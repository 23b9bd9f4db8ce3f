"""How a denial leaves: problem+json with the stable reason code, kept in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response

from common.auth import Caller
from common.errors import Problem
from common.http import answer
from common.persistence.database import Connection
from delivery_gate.criteria.domain.verdict import Code, Denied
from delivery_gate.deliveries.commands import By, Scene, note_denied

ABOUT_THE_PERSON: Final = frozenset(
    {
        Code.SELF_APPROVAL,
        Code.ALREADY_COUNTED,
        Code.ROLE_MISSING,
        Code.SELF_CONFIRMATION,
    }
)
INCOMPLETE: Final = frozenset(
    {
        Code.REASON_REQUIRED,
        Code.FOLLOWUP_REQUIRED,
        Code.EVIDENCE_REQUIRED,
        Code.UNVERSIONED,
        Code.MUTABLE_REFERENCE,
    }
)
TITLES: Final[Mapping[int, str]] = {
    403: "You may not do this",
    409: "The present state does not allow this",
    422: "Something is missing",
}


def by(caller: Caller) -> By:
    return By(caller.sub, caller.behind)


def problem(denied: Denied) -> Problem:
    """403 for the person, 422 for what the command lacks, 409 for the state."""
    status = 409
    if denied.code in ABOUT_THE_PERSON:
        status = 403
    elif denied.code in INCOMPLETE:
        status = 422
    slug = denied.code.value.lower().replace("_", "-")
    return Problem(
        slug,
        TITLES[status],
        status,
        denied.argument,
        code=denied.code.value,
        outcome="denied",
    )


async def deny(scene: Scene, action: str, subject: str, denied: Denied) -> Response:
    """Returned, not raised: the transaction commits the audit record."""
    return await deny_at(scene.tx, scene.at, scene.by, action, subject, denied)


async def deny_at(
    tx: Connection, at: datetime, who: By, action: str, subject: str, denied: Denied
) -> Response:
    """The same where no environment is concerned."""
    await note_denied(tx, at, who, action, subject, denied)
    return answer(problem(denied))
