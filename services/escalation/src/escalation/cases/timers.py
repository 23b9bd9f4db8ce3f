"""The deadlines of cases: steps, acknowledgements that time out, snoozes that end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from common.domain import Rejection
from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from escalation.cases import store as cases
from escalation.cases.closing import resolve_cases
from escalation.cases.commands import apply_outcome, notify_only
from escalation.cases.domain import policy_engine
from escalation.digests import store as digests
from escalation.policies.domain.trigger import Trigger
from escalation.policies.store import load_roster

SYSTEM = "opsdesk"
"""Who escalates where a time was over."""


async def on_cases_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Do what is due for each case, once (E12). A person who acts at the same instant is first (E10)."""
    roster = await load_roster(tx)
    for case in await cases.load_many(tx, [deadline.subject for deadline in due]):
        await apply_outcome(tx, case, policy_engine.advance(case.state, case.policy, roster, at))


async def on_confirmations_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire the next step of contacts' blockers that first level has not confirmed in time (R5)."""
    await _fire_next_steps(tx, due, at)


async def on_customer_answers_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Fire the next step for customers who escalated and whom nobody has answered in time.

    It does so also where somebody has acknowledged the case: that is no answer to the customer.
    """
    await _fire_next_steps(tx, due, at)


async def on_digests_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Send people what they are to be reminded of today, in one message each; the digests are locked."""
    for deadline in due:
        person = await digests.get_person(tx, deadline.subject)
        items = await digests.list_waiting(tx, deadline.subject)
        if person is not None and items:
            await _send_digest(tx, deadline.subject, person, items, at)


async def _send_digest(
    tx: Connection, digest_id: UUID, person: str, items: Sequence[str], at: datetime
) -> None:
    title = f"Today: {len(items)} {'things are' if len(items) > 1 else 'thing is'} overdue"
    key = f"digest/{digest_id}/{at.isoformat()}"
    trigger = Trigger("digest", "trivial", key, title, at)
    case = await notify_only(tx, trigger, [person], "; ".join(items))
    await digests.mark_sent(tx, digest_id, case.id)
    await resolve_cases(tx, {key: "for information"})


async def _fire_next_steps(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    roster = await load_roster(tx)
    for case in await cases.load_many(tx, [deadline.subject for deadline in due]):
        outcome = policy_engine.escalate(case.state, case.policy, roster, SYSTEM, at)
        if not isinstance(outcome, Rejection):
            await apply_outcome(tx, case, outcome)
