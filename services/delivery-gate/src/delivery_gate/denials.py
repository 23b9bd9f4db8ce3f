"""How a denial leaves: problem+json with the stable reason code, kept in the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from starlette.responses import Response

from common.auth import Caller
from common.errors import Problem
from common.http import problem_response
from common.persistence.database import Connection
from delivery_gate.criteria.domain.verdict import Code, Rejection
from delivery_gate.deliveries.commands import Actor, CommandContext, audit_denial

PERSON_CODES: Final = frozenset(
    {
        Code.SELF_APPROVAL,
        Code.ALREADY_COUNTED,
        Code.ROLE_MISSING,
        Code.SELF_CONFIRMATION,
    }
)
INCOMPLETE_CODES: Final = frozenset(
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


def actor_of(caller: Caller) -> Actor:
    return Actor(caller.sub, caller.via_machine)


def to_problem(rejection: Rejection) -> Problem:
    """403 for the person, 422 for what the command lacks, 409 for the state."""
    status = 409
    if rejection.code in PERSON_CODES:
        status = 403
    elif rejection.code in INCOMPLETE_CODES:
        status = 422
    slug = rejection.code.value.lower().replace("_", "-")
    return Problem(
        slug,
        TITLES[status],
        status,
        rejection.detail,
        code=rejection.code.value,
        outcome="denied",
    )


async def deny(
    context: CommandContext, action: str, subject: str, rejection: Rejection
) -> Response:
    """Returned, not raised: the transaction commits the audit record."""
    return await deny_at(context.tx, context.at, context.actor, action, subject, rejection)


async def deny_at(
    tx: Connection, at: datetime, actor: Actor, action: str, subject: str, rejection: Rejection
) -> Response:
    """The same where no environment is concerned."""
    await audit_denial(tx, at, actor, action, subject, rejection)
    return problem_response(to_problem(rejection))
