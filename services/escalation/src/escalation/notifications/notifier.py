"""Sends what steps have written down: under a lease, outside any transaction, until it is settled.

A crash between sending and settling leaves the lease to expire: the same message goes out again
with the same Message-ID (E19). Leases and pauses run on real time.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import partial

from fastapi import FastAPI

from common.persistence.database import Connection, Database, is_transient
from common.telemetry import logger, metrics
from escalation.cases import store as cases
from escalation.cases.commands import append_event
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import (
    FALLBACK_CONTACT,
    MAX_TEMPORARY_FAILURES,
    Delivered,
    Notification,
    PermanentFailure,
    SendOutcome,
    TemporaryFailure,
    next_after_failure,
    retry_delay,
)
from escalation.notifications.mail_transport import MailTransport, SmtpTransport, build_message
from escalation.notifications.store import LeasedNotification
from escalation.settings import EscalationSettings

log = logger(__name__)

LEASE_DURATION = timedelta(seconds=20)
"""Real time; longer than a send may take, and how long a page waits after a crash."""
MAX_CONCURRENT_SENDS = 8
"""Messages on their way at the same time, in one replica."""
POLL_INTERVAL_S = 0.5
"""Seconds between looks when nothing wakes: for what another replica wrote, and ended pauses."""


class Notifier:
    """The sending side of one replica. `run` goes on until cancelled."""

    def __init__(
        self, database: Database, transport: MailTransport, settings: EscalationSettings
    ) -> None:
        self.database = database
        self.transport = transport
        self.settings = settings
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
        """One look: take what is to be sent now, send it, settle it. Answers how many."""
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
        # Each place is filled as it becomes free: one mail server that hangs delays nobody else.
        tasks.discard(sending)
        self._wake.set()

    async def _send(self, leased: LeasedNotification) -> None:
        try:
            await self._deliver(leased)
        except Exception as error:  # noqa: BLE001 (the lease expires and somebody tries again)
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
        async with self.database.transaction() as tx:
            await record_outcome(tx, leased, outcome)
        if not isinstance(outcome, TemporaryFailure):
            count("sent" if isinstance(outcome, Delivered) else "failed").inc()

    async def _build_message(
        self, leased: LeasedNotification
    ) -> EmailMessage | PermanentFailure | None:
        """What to send. None when somebody has acknowledged meanwhile (E5)."""
        notification = leased.notification
        async with self.database.transaction() as tx:
            case = await cases.get(tx, str(notification.escalation_id))
            zone = await _timezone_of(tx, notification.person)
            ending = await _closing_reason(tx, case) if case else None
            # Last, so that as little as possible lies between this look and the send.
            if case is None or not await notifications.still_needed(tx, leased):
                return None
        try:
            return build_message(notification, case, zone, ending, self.settings)
        except ValueError:
            return PermanentFailure("the address is none")


async def record_outcome(tx: Connection, leased: LeasedNotification, outcome: SendOutcome) -> None:
    """Write down what became of an attempt, and what happens instead where it failed."""
    n = leased.notification
    case = await cases.lock(tx, str(n.escalation_id))
    if case is None:
        return
    match outcome:
        case Delivered():
            if await notifications.mark_sent(tx, leased):
                await append_event(
                    tx, case, lambda at: timeline.Notified(at, n.id, n.person, n.channel.kind)
                )
        case PermanentFailure(why):
            if await notifications.mark_failed(tx, leased, why):
                failed = (n.id, n.person, n.channel.kind, why)
                await append_event(tx, case, lambda at: timeline.NotificationFailed(at, *failed))
                await _plan_replacement(tx, case, n)
        case TemporaryFailure(why):
            tried = await notifications.schedule_retry(tx, leased, retry_delay(n.attempts), why)
            if tried and n.attempts == MAX_TEMPORARY_FAILURES:
                await _plan_replacement(tx, case, n)


async def _plan_replacement(tx: Connection, case: Case, failed: Notification) -> None:
    people = await directory.load_people(tx, {failed.person, case.policy.fallback})
    person = people.get(failed.person, people[FALLBACK_CONTACT])
    fallbacks = [people[sub] for sub in (case.policy.fallback, FALLBACK_CONTACT) if sub in people]
    replacement = next_after_failure(failed, person, fallbacks)
    if replacement is None:
        log.error("notification.nobody_left", escalation=case.key)
        return
    await notifications.add(tx, [replacement])


async def _timezone_of(tx: Connection, sub: str) -> str:
    people = await directory.load_people(tx, {sub})
    return people[sub].zone if sub in people else people[FALLBACK_CONTACT].zone


async def _closing_reason(tx: Connection, case: Case) -> str | None:
    entries = await cases.list_entries(tx, case.id)
    endings = ("resolved", "withdrawn")
    return next((e.detail.get("why") for e in reversed(entries) if e.kind in endings), None)


async def run_notifier(app: FastAPI) -> None:
    """The background loop of the service."""
    settings: EscalationSettings = app.state.settings
    database: Database = app.state.database
    async with database.transaction() as tx:
        await directory.set_fallback_email(tx, settings.fallback_email)
    await Notifier(database, SmtpTransport(settings), settings).run()
