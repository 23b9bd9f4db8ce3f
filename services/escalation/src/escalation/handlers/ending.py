"""What ends cases without anybody's doing. Set-based: most of what ends had no case at all."""

from collections.abc import Collection, Mapping
from uuid import UUID

from common.database import Connection, moment
from escalation import escalation
from escalation.case import Case
from escalation.fact import Refused
from escalation.store import cases
from escalation.telling import keep
from escalation.trigger import TriggerKind


async def end(tx: Connection, why: Mapping[str, str], *, withdrawn: bool = False) -> None:
    """Resolve the unresolved cases of causes; `why` says for each dedup key what ended it."""
    for case in await cases.lock_unresolved(tx, why):
        await _resolve(tx, case, why[case.trigger.dedup_key], withdrawn)


async def end_of_tickets(
    tx: Connection, why: Mapping[UUID, str], kinds: Collection[TriggerKind]
) -> None:
    """Resolve what these triggers opened for tickets; `why` says for each what ended it."""
    for case in await cases.lock_of_tickets(tx, why, kinds):
        if case.trigger.ticket_id:
            await _resolve(tx, case, why[case.trigger.ticket_id], withdrawn=False)


async def _resolve(tx: Connection, case: Case, why: str, withdrawn: bool) -> None:
    at = await moment(tx)
    outcome = escalation.resolve(case.state, None, why, at, withdrawn=withdrawn)
    if not isinstance(outcome, Refused):
        await keep(tx, case, outcome)
