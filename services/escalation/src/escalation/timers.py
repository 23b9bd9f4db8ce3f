"""Time in: steps, acknowledgements that time out, snoozes that end, personal delays."""

from collections.abc import Sequence
from datetime import datetime

from common.database import Connection
from common.deadlines import Due, Timer, Timers
from escalation import stepping
from escalation.store import cases, notifications
from escalation.telling import (
    ACKNOWLEDGEMENT,
    NOTIFICATION,
    SNOOZE,
    STEP,
    keep,
    roster,
)


async def on_cases_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Do for each case what is due, once (E12). Who acted first holds or held the lock (E10)."""
    who = await roster(tx)
    for case in await cases.load(tx, [one.subject for one in due]):
        await keep(tx, case, stepping.due(case.state, case.policy, who, at))


async def on_notifications_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A personal rule's delay is over: it may be sent, unless it was cancelled (E13, E5)."""
    await notifications.release(tx, [one.subject for one in due])


CASES = Timer(cases.lock_due, on_cases_due)

TIMERS: Timers = {
    STEP: CASES,
    ACKNOWLEDGEMENT: CASES,
    SNOOZE: CASES,
    NOTIFICATION: Timer(notifications.lock_due, on_notifications_due),
}
