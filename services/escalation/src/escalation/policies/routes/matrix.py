"""`/v1/matrix`: which policy a trigger gets."""

from typing import Annotated

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Transaction, if_match, router, set_etag
from common.persistence.database import transaction_time
from escalation.policies import store as policies
from escalation.policies.domain.matrix import MatrixRow, matrix_violations
from escalation.policies.domain.trigger import SEVERITIES, TRIGGER_KINDS
from escalation.policies.schemas import MatrixRead, MatrixUpdate, matrix_to_response

ALLOWED_VALUES: dict[str, tuple[str, ...]] = {"severity": SEVERITIES, "trigger": TRIGGER_KINDS}
"""Attributes whose values are fixed; those of the others are not checked."""

routes = router("/v1/matrix", tags=["policies"])


@routes.get("", response_model=MatrixRead)
async def get_matrix(
    tx: Transaction, response: Response, caller: Annotated[Caller, requires("policies:read")]
) -> MatrixRead:
    """Get the matrix, which decides which policy a trigger gets."""
    present, version = await policies.get_matrix(tx)
    set_etag(response, version)
    return matrix_to_response(present.rows, version)


@routes.put("", response_model=MatrixRead)
async def update_matrix(
    tx: Transaction,
    request: Request,
    body: MatrixUpdate,
    response: Response,
    caller: Annotated[Caller, requires("policies:write")],
) -> MatrixRead:
    """Replace the matrix.

    It is refused unless its last row, and only that one, matches every trigger.
    """
    await policies.lock_matrix(tx)
    at = await transaction_time(tx)
    present, version = await policies.get_matrix(tx)
    if_match(request, version, matrix_to_response(present.rows, version))
    rows = tuple(MatrixRow(row.when.to_conditions(), row.policy) for row in body.rows)
    policy_keys = {policy.key for policy in await policies.list_policies(tx)}
    if violations := _violations(rows, policy_keys):
        raise ValidationFailed(violations)
    version = await policies.add_matrix(tx, rows, at, caller.sub)
    grounds = {"version": version}
    await record(tx, Entry.by(caller.actor, at, "matrix.change", "matrix", grounds))
    set_etag(response, version)
    return matrix_to_response(rows, version)


def _violations(rows: tuple[MatrixRow, ...], policy_keys: set[str]) -> list[Violation]:
    violations = [Violation("/rows", "matrix", reason) for reason in matrix_violations(rows)]
    for number, row in enumerate(rows):
        pointer = f"/rows/{number}"
        if row.policy not in policy_keys:
            detail = "there is no policy with this key"
            violations.append(Violation(f"{pointer}/policy", "unknown_reference", detail))
        for name, allowed in ALLOWED_VALUES.items():
            if not getattr(row.when, name) <= set(allowed):
                detail = f"give one or more of {', '.join(allowed)}"
                violations.append(Violation(f"{pointer}/when/{name}", "unknown_value", detail))
    return violations
