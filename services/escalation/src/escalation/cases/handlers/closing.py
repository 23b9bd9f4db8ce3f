"""What ends cases without anybody's doing. Set-based: most of what ends had no case at all."""

from collections.abc import Collection, Mapping
from uuid import UUID

from common.persistence.database import Connection, transaction_time
from escalation.cases import store as cases
from escalation.cases.commands import append_event, apply_outcome
from escalation.cases.domain import lifecycle, timeline
from escalation.cases.domain.case import Case
from escalation.cases.domain.timeline import Rejection
from escalation.policies.domain.trigger import TriggerKind


async def resolve_cases(tx: Connection, reasons: Mapping[str, str]) -> None:
    """Resolve the unresolved cases of causes; `why` says for each dedup key what ended it."""
    for case in await cases.lock_unresolved(tx, reasons):
        await _resolve(tx, case, reasons[case.trigger.dedup_key], withdrawn=False)


async def withdraw(tx: Connection, dedup_key: str, why: str) -> None:
    """What was told of a cause was not so. Whoever was told is owed that, also when the case has
    been resolved meanwhile: the ticket's own end is often heard of first."""
    case = await cases.lock_newest(tx, dedup_key)
    if case is None:
        return
    if case.state.status == "resolved":
        await append_event(tx, case, lambda at: timeline.Withdrawn(at, why))
    else:
        await _resolve(tx, case, why, withdrawn=True)


async def resolve_cases_of_tickets(
    tx: Connection, reasons: Mapping[UUID, str], kinds: Collection[TriggerKind]
) -> None:
    """Resolve what these triggers opened for tickets; `why` says for each what ended it."""
    for case in await cases.lock_of_tickets(tx, reasons, kinds):
        if case.trigger.ticket_id:
            await _resolve(tx, case, reasons[case.trigger.ticket_id], withdrawn=False)


async def _resolve(tx: Connection, case: Case, why: str, withdrawn: bool) -> None:
    at = await transaction_time(tx)
    outcome = lifecycle.resolve(case.state, None, why, at, withdrawn=withdrawn)
    if not isinstance(outcome, Rejection):
        await apply_outcome(tx, case, outcome)
