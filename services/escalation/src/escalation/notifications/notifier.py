"""The loop that sends notifications: under a lease and outside of any transaction (`common.mail.sending`)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Final, get_args
from uuid import UUID

from common.domain.send_outcomes import PermanentFailure, SendOutcome
from common.mail.sending import LEASE_DURATION, LeasedSending, Result
from common.mail.smtp import MailTransport, SmtpTransport
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.patience import do_once
from common.persistence.workload import NOTIFIER
from common.runtime import Runtime
from common.telemetry import metrics
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT, ChannelKind
from escalation.notifications import store as notifications
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.notification_mail import build_message
from escalation.notifications.store import LeasedNotification
from escalation.settings import EscalationSettings

GAUGE_INTERVAL_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class EscalationAccess:
    """What the notifier needs of escalations, which this noun does not know.

    `load_summary` takes the id of an escalation and gives None where there is none.
    `record_outcome` stores what became of an attempt, with the escalation's timeline.
    """

    load_summary: Callable[[Connection, UUID], Awaitable[EscalationSummary | None]]
    record_outcome: Callable[[Connection, LeasedNotification, SendOutcome], Awaitable[None]]


class Notifier(LeasedSending[LeasedNotification]):
    """The sending side of one replica. `run` goes on until cancelled."""

    def __init__(
        self,
        database: Database,
        transport: MailTransport,
        settings: EscalationSettings,
        escalations: EscalationAccess,
    ) -> None:
        super().__init__(database, transport)
        self.settings = settings
        self.escalations = escalations
        self._measure_at = 0.0
        for channel in get_args(ChannelKind):
            for result in get_args(Result):
                metrics.NOTIFICATIONS.labels(channel, result)
        database.on_outbox_events.append(self.wake)

    async def prepare(self) -> None:
        """Set the gauge now and then."""
        clock = asyncio.get_running_loop().time()
        if clock >= self._measure_at:
            self._measure_at = clock + GAUGE_INTERVAL_S
            await self.measure()

    async def measure(self) -> None:
        """Set the gauge of how long the oldest page has waited."""
        async with self.database.transaction() as tx:
            due_at = await notifications.oldest_unsent_page(tx)
            age_s = 0.0 if due_at is None else (await transaction_time(tx) - due_at).total_seconds()
        metrics.OLDEST_PAGE_SECONDS.set(max(0.0, age_s))

    async def lease(
        self, tx: Connection, length: timedelta, limit: int
    ) -> Sequence[LeasedNotification]:
        return await notifications.lease(tx, length, limit)

    async def renew(self, tx: Connection, leased: LeasedNotification) -> bool:
        return await notifications.renew(tx, leased, LEASE_DURATION)

    async def record_outcome(
        self, tx: Connection, leased: LeasedNotification, outcome: SendOutcome
    ) -> None:
        await self.escalations.record_outcome(tx, leased, outcome)

    def name_of(self, leased: LeasedNotification) -> str:
        return str(leased.notification.id)

    def count(self, leased: LeasedNotification, result: Result) -> None:
        metrics.NOTIFICATIONS.labels(leased.notification.channel.kind, result).inc()

    async def build_message(
        self, leased: LeasedNotification
    ) -> EmailMessage | PermanentFailure | None:
        """The message to send; None when the notification is no longer needed (E5)."""
        notification = leased.notification
        async with self.database.transaction() as tx:
            summary = await self.escalations.load_summary(tx, notification.escalation_id)
            zone = await _timezone_of(tx, notification.person)
            # Checked last, so that as little as possible happens between the check and the send.
            if summary is None or not await self.renew(tx, leased):
                return None
        try:
            return build_message(notification, summary, zone, self.settings)
        except ValueError:
            return PermanentFailure("the address is not valid")


async def _timezone_of(tx: Connection, sub: str) -> str:
    people = await directory.load_people(tx, {sub})
    return people[sub].zone if sub in people else people[FALLBACK_CONTACT].zone


async def run_notifier(runtime: Runtime[EscalationSettings], escalations: EscalationAccess) -> None:
    """Send notifications for as long as the service runs."""
    settings, database = runtime.settings, runtime.database.for_workload(NOTIFIER)

    async def prepare() -> None:
        async with database.transaction() as tx:
            await directory.set_fallback_email(tx, settings.fallback_email)

    await do_once(prepare)
    await Notifier(database, SmtpTransport(settings), settings, escalations).run()
