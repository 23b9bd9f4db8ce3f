"""Resolve cases when their cause ends. Set-based, because most causes that end have no case."""

from collections.abc import Collection, Mapping
from uuid import UUID

from common.domain import Rejection
from common.persistence.database import Connection, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import append_event, apply_outcome
from escalation.cases.domain import lifecycle, timeline
from escalation.cases.domain.case import Case
from escalation.policies.domain.trigger import TriggerKind


async def resolve_cases(tx: Connection, reasons: Mapping[str, str]) -> None:
    """Resolve the unresolved cases of causes; `reasons` gives by dedup key what ended each."""
    for case in await cases.lock_unresolved(tx, reasons):
        await _resolve(tx, case, reasons[case.trigger.dedup_key], withdrawn=False)


async def withdraw(tx: Connection, dedup_key: str, reason: str) -> None:
    """Give the all-clear for a cause that turned out to be wrong.

    This also holds where the case was resolved meanwhile: the end of the ticket often comes first.
    """
    case = await cases.lock_newest(tx, dedup_key)
    if case is None:
        return
    if case.state.status == "resolved":
        await append_event(tx, case, lambda at: timeline.Withdrawn(at, reason))
    else:
        await _resolve(tx, case, reason, withdrawn=True)


async def resolve_cases_of_tickets(
    tx: Connection, reasons: Mapping[UUID, str], kinds: Collection[TriggerKind]
) -> None:
    """Resolve what these kinds of triggers opened for tickets; `reasons` are by id of the ticket."""
    for case in await cases.lock_of_tickets(tx, reasons, kinds):
        if case.trigger.ticket_id:
            await _resolve(tx, case, reasons[case.trigger.ticket_id], withdrawn=False)


async def _resolve(tx: Connection, case: Case, reason: str, withdrawn: bool) -> None:
    at = await transaction_time(tx)
    outcome = lifecycle.resolve(case.state, None, reason, at, withdrawn=withdrawn)
    if not isinstance(outcome, Rejection):
        await apply_outcome(tx, case, outcome)
