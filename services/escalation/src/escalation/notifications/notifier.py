"""The loop that sends notifications: under a lease and outside of any transaction.

After a crash between sending and storing the outcome, the lease expires and the same message is sent
again with the same Message-ID (E19). Leases and retries run on real time.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from uuid import UUID

from common.persistence.database import Connection, Database
from common.persistence.errors import is_transient
from common.persistence.workload import NOTIFIER
from common.runtime import Runtime
from common.telemetry import logger, metrics
from escalation.directory import store as directory
from escalation.directory.domain import FALLBACK_CONTACT
from escalation.notifications import store as notifications
from escalation.notifications.domain.escalation_summary import EscalationSummary
from escalation.notifications.domain.notification import (
    Delivered,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
)
from escalation.notifications.mail_transport import MailTransport, SmtpTransport, build_message
from escalation.notifications.store import LeasedNotification
from escalation.settings import EscalationSettings

log = logger(__name__)

LEASE_DURATION = timedelta(seconds=20)
"""Real time, longer than sending may take; a message waits that long after a crash."""
MAX_CONCURRENT_SENDS = 64
"""Messages that one replica sends at the same time, each on its own: so many sessions may hang before
another page waits. Connections to the database are fewer, and are not held while a message is sent."""
OUTCOME_LOCK_TIMEOUT_MS = 500
"""Milliseconds that storing an outcome waits for its case, on one of the few connections."""
OUTCOME_RETRY_S, OUTCOME_TIMEOUT_S = 0.5, 60.0
"""Seconds between tries to store an outcome, and in all: what was sent should not be sent again."""
POLL_INTERVAL_S = 0.5
"""Seconds between polls, for what another replica wrote and for retries that are due."""


@dataclass(frozen=True, slots=True)
class EscalationAccess:
    """What the notifier needs of escalations, which this noun does not know.

    `load_summary` takes the id of an escalation and gives None where there is none.
    `record_outcome` stores what became of an attempt, with the escalation's timeline.
    """

    load_summary: Callable[[Connection, UUID], Awaitable[EscalationSummary | None]]
    record_outcome: Callable[[Connection, LeasedNotification, SendOutcome], Awaitable[None]]


class Notifier:
    """The sending side of one replica. `run` goes on until cancelled."""

    def __init__(
        self,
        database: Database,
        transport: MailTransport,
        settings: EscalationSettings,
        escalations: EscalationAccess,
    ) -> None:
        self.database = database
        self.transport = transport
        self.settings = settings
        self.escalations = escalations
        self._wake = asyncio.Event()
        database.on_outbox_events.append(self._wake.set)

    async def run(self) -> None:
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wake.clear()
                for leased in await self._take_leases(MAX_CONCURRENT_SENDS - len(tasks)):
                    sending = asyncio.create_task(self._send(leased))
                    tasks.add(sending)
                    sending.add_done_callback(partial(self._on_send_done, tasks))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_INTERVAL_S)
        finally:
            for sending in tasks:
                sending.cancel()

    async def send_ready(self) -> int:
        """Send what is to be sent now, once, and return how many messages that were."""
        leased = await self._take_leases(MAX_CONCURRENT_SENDS)
        await asyncio.gather(*map(self._send, leased))
        return len(leased)

    async def _take_leases(self, free: int) -> Sequence[LeasedNotification]:
        if not free:
            return []
        try:
            async with self.database.transaction() as tx:
                return await notifications.lease(tx, LEASE_DURATION, free)
        except Exception as error:
            if not is_transient(error):
                raise
            return []

    def _on_send_done(self, tasks: set[asyncio.Task[None]], sending: asyncio.Task[None]) -> None:
        # The next message starts as soon as one ends: a mail server that hangs delays nobody else.
        tasks.discard(sending)
        self._wake.set()

    async def _send(self, leased: LeasedNotification) -> None:
        try:
            await self._deliver(leased)
        except Exception as error:  # noqa: BLE001 (the lease expires and it is sent again)
            log.error(
                "notification.failed",
                notification=str(leased.notification.id),
                error=type(error).__name__,
            )

    async def _deliver(self, leased: LeasedNotification) -> None:
        count = partial(metrics.NOTIFICATIONS.labels, leased.notification.channel.kind)
        message = await self._build_message(leased)
        if message is None:
            count("dropped").inc()
            return
        outcome = (
            message if isinstance(message, PermanentFailure) else await self.transport.send(message)
        )
        await self._store_outcome(leased, outcome)
        if not isinstance(outcome, TemporaryFailure):
            count("sent" if isinstance(outcome, Delivered) else "failed").inc()

    async def _store_outcome(self, leased: LeasedNotification, outcome: SendOutcome) -> None:
        """Store it, however long its case is locked or the database away, within OUTCOME_TIMEOUT_S."""
        clock = asyncio.get_running_loop()
        give_up_at = clock.time() + OUTCOME_TIMEOUT_S
        while True:
            try:
                async with self.database.transaction() as tx:
                    await tx.exec_driver_sql(
                        f"SET LOCAL lock_timeout = '{OUTCOME_LOCK_TIMEOUT_MS}ms'"
                    )
                    return await self.escalations.record_outcome(tx, leased, outcome)
            except Exception as error:
                if not is_transient(error) or clock.time() > give_up_at:
                    raise
            await asyncio.sleep(OUTCOME_RETRY_S)

    async def _build_message(
        self, leased: LeasedNotification
    ) -> EmailMessage | PermanentFailure | None:
        """The message to send; None when the notification is no longer needed (E5)."""
        notification = leased.notification
        async with self.database.transaction() as tx:
            summary = await self.escalations.load_summary(tx, notification.escalation_id)
            zone = await _timezone_of(tx, notification.person)
            # Checked last, so that as little as possible happens between the check and the send.
            if summary is None or not await notifications.still_needed(tx, leased):
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
    async with database.transaction() as tx:
        await directory.set_fallback_email(tx, settings.fallback_email)
    await Notifier(database, SmtpTransport(settings), settings, escalations).run()
