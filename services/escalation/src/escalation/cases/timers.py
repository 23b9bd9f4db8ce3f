"""The deadlines of cases: steps, acknowledgements that time out, snoozes that end."""

from collections.abc import Sequence
from datetime import datetime

from common.domain import Rejection
from common.persistence.database import Connection
from common.scheduling.deadlines import Due
from escalation.cases import store as cases
from escalation.cases.commands import apply_outcome
from escalation.cases.domain import policy_engine
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


async def _fire_next_steps(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    roster = await load_roster(tx)
    for case in await cases.load_many(tx, [deadline.subject for deadline in due]):
        outcome = policy_engine.escalate(case.state, case.policy, roster, SYSTEM, at)
        if not isinstance(outcome, Rejection):
            await apply_outcome(tx, case, outcome)
