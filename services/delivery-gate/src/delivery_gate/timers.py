"""Which deadline is fired by what."""

from typing import Final

from common.scheduling.deadlines import Timer, Timers
from delivery_gate.deliveries.commands import APPROVAL_TIMEOUT
from delivery_gate.deliveries.store import deliveries
from delivery_gate.deliveries.timers import on_approval_timeout
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import DEBT
from delivery_gate.environments.timers import on_debts_due

TIMERS: Final[Timers] = {
    DEBT: Timer(environments.lock_available, on_debts_due),
    APPROVAL_TIMEOUT: Timer(deliveries.lock_available, on_approval_timeout),
}
