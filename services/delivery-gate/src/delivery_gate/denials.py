"""What a denial looks like on the wire.

A verdict is an answer, a denial is an error. Accepted, refused and deferred are recorded verdicts
about a version: a submission answers 201 and a start 200, each with the delivery and its verdict,
whatever the verdict says. A denial says that this person or this command may not: 403 where it is
about the person, 422 where the command lacks something, 409 where the state does not allow it. It
is a problem+json with the stable reason code, and changes nothing but the audit trail. A command that
is deferred because the gate may not know the present state is answered like a denial (409), with the
outcome `deferred`.
"""

from collections.abc import Mapping
from typing import Final, Literal

from starlette.responses import Response

from common.domain import Rejection
from common.http import rejection_response
from delivery_gate.command_context import CommandContext
from delivery_gate.criteria.domain.verdict import ReasonCode

PERSON_CODES: Final = frozenset(
    {
        ReasonCode.SELF_APPROVAL,
        ReasonCode.ALREADY_COUNTED,
        ReasonCode.ROLE_MISSING,
        ReasonCode.SELF_CONFIRMATION,
    }
)
INCOMPLETE_CODES: Final = frozenset(
    {
        ReasonCode.REASON_REQUIRED,
        ReasonCode.FOLLOWUP_REQUIRED,
        ReasonCode.EVIDENCE_REQUIRED,
        ReasonCode.UNVERSIONED,
        ReasonCode.MUTABLE_REFERENCE,
    }
)
TITLES: Final[Mapping[int, str]] = {
    403: "You may not do this",
    409: "The present state does not allow this",
    422: "Something is missing",
}


def status_of(rejection: Rejection) -> Literal[403, 409, 422]:
    """403 for the person, 422 for what the command lacks, 409 for the state."""
    if rejection.code in PERSON_CODES:
        return 403
    return 422 if rejection.code in INCOMPLETE_CODES else 409


async def deny(
    context: CommandContext, action: str, subject: str, rejection: Rejection
) -> Response:
    """Audit the denial and build its response.

    The route returns it instead of raising, so that the transaction commits the audit entry.
    """
    outcome = "deferred" if rejection.code == ReasonCode.KNOWLEDGE_STALE else "denied"
    await context.audit(action, subject, **{outcome: str(rejection.code)})
    status = status_of(rejection)
    return rejection_response(rejection, status=status, title=TITLES[status], outcome=outcome)
