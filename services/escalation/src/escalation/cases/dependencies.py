"""What several routes need of cases: load one, or lock it and let a rule decide."""

from collections.abc import Callable
from datetime import datetime

from fastapi import Request, Response

from common.audit import Entry, record
from common.auth import Caller
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.http import if_match, set_etag
from common.persistence.database import Connection, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain.case import Case
from escalation.cases.domain.lifecycle import Outcome
from escalation.cases.schemas import EscalationRead, to_response

Decide = Callable[[Case, datetime, str], Outcome | Rejection]


async def get_case(tx: Connection, id_or_key: str) -> Case:
    """The case by id or key. Raises NotFound."""
    case = await cases.get(tx, id_or_key)
    if case is None:
        raise NotFound("This escalation")
    return case


async def counted_person(tx: Connection, case: Case, caller: Caller) -> str:
    """Under which account the caller counts where a first person has asked for a snooze or an end (R1)."""
    first_people = (case.state.snooze_requested_by, case.state.resolve_requested_by)
    return await counted_as(tx, caller.sub, *first_people)


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

    `decide` gets the case, the time of the transaction, and under which account the caller counts
    where a first person has asked for a snooze or an end (R1).
    """
    case = await cases.lock(tx, id_or_key)
    if case is None:
        raise NotFound("This escalation")
    if_match(request, case.sequence, to_response(case))
    at = await transaction_time(tx)
    outcome = decide(case, at, await counted_person(tx, case, caller))
    if isinstance(outcome, Rejection):
        raise Conflict(outcome.detail, code=outcome.code)
    after = await apply_outcome(tx, case, outcome)
    grounds = {"was": case.state.status, "is": after.state.status}
    subject = f"escalation/{case.id}"
    await record(tx, Entry.by(caller.actor, at, f"escalation.{action}", subject, grounds))
    set_etag(response, after.sequence)
    return to_response(after)
