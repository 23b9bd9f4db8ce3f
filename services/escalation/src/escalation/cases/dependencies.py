"""What several routes need of cases: load one, or lock it and let a rule decide."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.http import if_match, set_etag
from common.persistence.database import Connection, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.schemas import EscalationRead, to_response

Decide = Callable[[Case, datetime], Outcome | Rejection]


async def get_case(tx: Connection, id_or_key: str) -> Case:
    """The case by id or key. Raises NotFound."""
    case = await cases.get(tx, id_or_key)
    if case is None:
        raise NotFound("This escalation")
    return case


async def run_action(
    tx: Connection,
    request: Request,
    response: Response,
    id_or_key: str,
    caller: Caller,
    action: str,
    decide: Decide,
) -> EscalationRead:
    """Lock the case, decide, store, announce and audit. Raises NotFound, PreconditionFailed, Conflict.

    `decide` gets the case and the time of the transaction.
    """
    case = await cases.lock(tx, id_or_key)
    if case is None:
        raise NotFound("This escalation")
    if_match(request, case.sequence, to_response(case))
    at = await transaction_time(tx)
    outcome = decide(case, at)
    if isinstance(outcome, Rejection):
        raise Conflict(outcome.detail, code=outcome.code)
    after = await apply_outcome(tx, case, outcome)
    grounds = {"was": case.state.status, "is": after.state.status}
    subject = f"escalation/{case.id}"
    await record(tx, Entry.by(caller.actor, at, f"escalation.{action}", subject, grounds))
    set_etag(response, after.sequence)
    return to_response(after)
