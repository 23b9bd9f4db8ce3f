"""What a denial looks like on the wire.

A verdict is an answer, a denial is an error. Accepted, refused and deferred are recorded verdicts
about a version: a submission answers 201 and a start 200, each with the delivery and its verdict,
whatever the verdict says. A denial says that this person or this command may not: 403 where it is
about the person, 422 where the command lacks something, 409 where the state does not allow it. It
is a problem+json with the stable reason code, and changes nothing but the audit trail.
"""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from common.errors import Problem
from common.http import problem_response
from delivery_gate.command_context import CommandContext
from delivery_gate.criteria.domain.verdict import Code, Rejection

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
    """Audit the denial and build its response.

    The route returns it instead of raising, so that the transaction commits the audit entry.
    """
    await context.audit(action, subject, denied=rejection.code.value)
    return problem_response(to_problem(rejection))
