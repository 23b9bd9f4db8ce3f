"""Time in: steps, acknowledgements that time out, snoozes that end, personal delays."""

from collections.abc import Sequence
from datetime import datetime

from common.persistence.database import Connection
from common.scheduling.deadlines import Due, Timer, Timers
from escalation.cases import store as cases
from escalation.cases.commands import (
    ACKNOWLEDGEMENT,
    NOTIFICATION,
    SNOOZE,
    STEP,
    apply_outcome,
    load_roster,
)
from escalation.cases.domain import policy_engine
from escalation.notifications import store as notifications


async def on_cases_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Do for each case what is due, once (E12). Who acted first holds or held the lock (E10)."""
    roster = await load_roster(tx)
    for case in await cases.load_many(tx, [one.subject for one in due]):
        await apply_outcome(tx, case, policy_engine.advance(case.state, case.policy, roster, at))


async def on_notifications_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A personal rule's delay is over: it may be sent, unless it was cancelled (E13, E5)."""
    await notifications.mark_ready(tx, [one.subject for one in due])


CASES = Timer(cases.lock_available, on_cases_due)

TIMERS: Timers = {
    STEP: CASES,
    ACKNOWLEDGEMENT: CASES,
    SNOOZE: CASES,
    NOTIFICATION: Timer(notifications.lock_available, on_notifications_due),
}
