"""What ends a case without anybody's doing."""

from uuid import UUID

from common.database import Connection, moment
from escalation import escalation
from escalation.case import Case
from escalation.fact import Refused
from escalation.store import cases
from escalation.telling import keep
from escalation.trigger import TriggerKind


async def end(tx: Connection, dedup_key: str, why: str, *, withdrawn: bool = False) -> None:
    """Resolve the unresolved case of a cause, if there is one."""
    if case := await cases.lock_unresolved(tx, dedup_key):
        await _resolve(tx, case, why, withdrawn)


async def end_of_ticket(
    tx: Connection, ticket_id: UUID, kinds: tuple[TriggerKind, ...], why: str
) -> None:
    """Resolve what these triggers opened for a ticket."""
    for case in await cases.lock_of_ticket(tx, ticket_id, kinds):
        await _resolve(tx, case, why, withdrawn=False)


async def _resolve(tx: Connection, case: Case, why: str, withdrawn: bool) -> None:
    at = await moment(tx)
    outcome = escalation.resolve(case.state, None, why, at, withdrawn=withdrawn)
    if not isinstance(outcome, Refused):
        await keep(tx, case, outcome)
