"""What the notifier needs of cases: the summary for a message, and the timeline for its outcome."""

from datetime import datetime
from uuid import UUID

from common.domain.send_outcomes import PermanentFailure, SendOutcome
from common.persistence.database import Connection
from escalation.cases import store as cases
from escalation.cases.commands import append_event
from escalation.cases.domain.timeline import NotificationFailed, Notified, TimelineEvent
from escalation.digests import store as digests
from escalation.notifications.commands import settle
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.domain.notification import Notification
from escalation.notifications.notifier import EscalationAccess
from escalation.notifications.store import LeasedNotification

_CLOSING_KINDS = ("resolved", "withdrawn")


async def load_summary(tx: Connection, escalation_id: UUID) -> EscalationSummary | None:
    """What a message says about its case; None where there is no such case."""
    case = await cases.get(tx, str(escalation_id))
    if case is None:
        return None
    entries = await cases.list_entries(tx, case.id)
    closing = (e.detail.get("why") for e in reversed(entries) if e.kind in _CLOSING_KINDS)
    items = await digests.list_sent(tx, case.id) if case.trigger.kind == "digest" else ()
    return EscalationSummary(case.key, case.trigger, next(closing, None), items)


async def record_outcome(tx: Connection, leased: LeasedNotification, outcome: SendOutcome) -> None:
    """Settle a notification, and add a final outcome to the timeline of its case."""
    notification = leased.notification
    case = await cases.lock(tx, str(notification.escalation_id))
    if case is not None and await settle(tx, leased, outcome, case.policy.fallback):
        await append_event(tx, case, lambda at: _to_timeline(notification, outcome, at))


def _to_timeline(notification: Notification, outcome: SendOutcome, at: datetime) -> TimelineEvent:
    person, channel = notification.person, notification.channel.kind
    if isinstance(outcome, PermanentFailure):
        return NotificationFailed(at, notification.id, person, channel, outcome.reason)
    return Notified(at, notification.id, person, channel)


ESCALATION_ACCESS = EscalationAccess(load_summary, record_outcome)
