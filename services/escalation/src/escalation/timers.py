"""Which deadline is handled where."""

from common.scheduling.deadlines import Timer, Timers
from escalation.cases import store as cases
from escalation.cases.domain.deadlines import (
    ACKNOWLEDGEMENT,
    CONFIRMATION,
    CUSTOMER_ANSWER,
    SNOOZE,
    STEP,
)
from escalation.cases.timers import (
    on_cases_due,
    on_confirmations_due,
    on_customer_answers_due,
    on_digests_due,
)
from escalation.digests import store as digests
from escalation.digests.commands import DEADLINE_KIND as DIGEST
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import DEADLINE_KIND as NOTIFICATION
from escalation.notifications.timers import on_notifications_due

_CASES = Timer(cases.lock_available, on_cases_due)

TIMERS: Timers = {
    STEP: _CASES,
    ACKNOWLEDGEMENT: _CASES,
    SNOOZE: _CASES,
    CONFIRMATION: Timer(cases.lock_available, on_confirmations_due),
    CUSTOMER_ANSWER: Timer(cases.lock_available, on_customer_answers_due),
    DIGEST: Timer(digests.lock_available, on_digests_due),
    NOTIFICATION: Timer(notifications.lock_available, on_notifications_due),
}
