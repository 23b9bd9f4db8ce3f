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

from common.persistence.database import Connection, Database, passing
from common.telemetry import logger, metrics
from escalation.cases import store as cases
from escalation.cases.commands import note
from escalation.cases.domain import timeline
from escalation.cases.domain.case import Case
from escalation.directory import store as directory
from escalation.notifications import store as notifications
from escalation.notifications.domain.notification import (
    HOUSE,
    PATIENCE,
    Delivered,
    Notification,
    Rejected,
    SendOutcome,
    Unsure,
    after_rejection,
    pause,
)
from escalation.notifications.mail_transport import Post, SmtpPost, composed
from escalation.notifications.store import Leased
from escalation.settings import EscalationSettings

log = logger(__name__)

LEASE = timedelta(seconds=20)
"""Real time; longer than a send may take, and how long a page waits after a crash."""
AT_ONCE = 8
"""Messages on their way at the same time, in one replica."""
POLL = 0.5
"""Seconds between looks when nothing wakes: for what another replica wrote, and ended pauses."""


class Notifier:
    """The sending side of one replica. `run` goes on until cancelled."""

    def __init__(self, database: Database, post: Post, settings: EscalationSettings) -> None:
        self.database = database
        self.post = post
        self.settings = settings
        self._wake = asyncio.Event()
        database.on_announced.append(self._wake.set)

    async def run(self) -> None:
        under_way: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wake.clear()
                for leased in await self._leased(AT_ONCE - len(under_way)):
                    sending = asyncio.create_task(self._send(leased))
                    under_way.add(sending)
                    sending.add_done_callback(partial(self._sent, under_way))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL)
        finally:
            for sending in under_way:
                sending.cancel()

    async def send_ready(self) -> int:
        """One look: take what is to be sent now, send it, settle it. Answers how many."""
        leased = await self._leased(AT_ONCE)
        await asyncio.gather(*map(self._send, leased))
        return len(leased)

    async def _leased(self, free: int) -> Sequence[Leased]:
        if not free:
            return []
        try:
            async with self.database.transaction() as tx:
                return await notifications.lease(tx, LEASE, free)
        except Exception as error:
            if not passing(error):
                raise
            return []

    def _sent(self, under_way: set[asyncio.Task[None]], sending: asyncio.Task[None]) -> None:
        # Each place is filled as it becomes free: one mail server that hangs delays nobody else.
        under_way.discard(sending)
        self._wake.set()

    async def _send(self, leased: Leased) -> None:
        try:
            await self._deliver(leased)
        except Exception as error:  # noqa: BLE001 (the lease expires and somebody tries again)
            log.error(
                "notification.failed",
                notification=str(leased.notification.id),
                error=type(error).__name__,
            )

    async def _deliver(self, leased: Leased) -> None:
        count = partial(metrics.NOTIFICATIONS.labels, leased.notification.channel.kind)
        message = await self._message(leased)
        if message is None:
            count("dropped").inc()
            return
        outcome = message if isinstance(message, Rejected) else await self.post.send(message)
        async with self.database.transaction() as tx:
            await settle(tx, leased, outcome)
        if not isinstance(outcome, Unsure):
            count("sent" if isinstance(outcome, Delivered) else "failed").inc()

    async def _message(self, leased: Leased) -> EmailMessage | Rejected | None:
        """What to send. None when somebody has acknowledged meanwhile (E5)."""
        notification = leased.notification
        async with self.database.transaction() as tx:
            case = await cases.one(tx, str(notification.escalation_id))
            zone = await _zone(tx, notification.person)
            ending = await _ending(tx, case) if case else None
            # Last, so that as little as possible lies between this look and the send.
            if case is None or not await notifications.still_wanted(tx, leased):
                return None
        try:
            return composed(notification, case, zone, ending, self.settings)
        except ValueError:
            return Rejected("the address is none")


async def settle(tx: Connection, leased: Leased, outcome: SendOutcome) -> None:
    """Write down what became of an attempt, and what happens instead where it failed."""
    n = leased.notification
    case = await cases.lock_one(tx, str(n.escalation_id))
    if case is None:
        return
    match outcome:
        case Delivered():
            if await notifications.sent(tx, leased):
                await note(
                    tx, case, lambda at: timeline.Notified(at, n.id, n.person, n.channel.kind)
                )
        case Rejected(why):
            if await notifications.failed(tx, leased, why):
                failed = (n.id, n.person, n.channel.kind, why)
                await note(tx, case, lambda at: timeline.NotificationFailed(at, *failed))
                await _instead(tx, case, n)
        case Unsure(why):
            tried = await notifications.retry(tx, leased, pause(n.attempts), why)
            if tried and n.attempts == PATIENCE:
                await _instead(tx, case, n)


async def _instead(tx: Connection, case: Case, failed: Notification) -> None:
    known = await directory.known(tx, {failed.person, case.policy.fallback})
    person = known.get(failed.person, known[HOUSE])
    line = [known[sub] for sub in (case.policy.fallback, HOUSE) if sub in known]
    following = after_rejection(failed, person, line)
    if following is None:
        log.error("notification.nobody_left", escalation=case.key)
        return
    await notifications.add(tx, [following])


async def _zone(tx: Connection, sub: str) -> str:
    known = await directory.known(tx, {sub})
    return known[sub].zone if sub in known else known[HOUSE].zone


async def _ending(tx: Connection, case: Case) -> str | None:
    entries = await cases.entries(tx, case.id)
    endings = ("resolved", "withdrawn")
    return next((e.detail.get("why") for e in reversed(entries) if e.kind in endings), None)


async def notify(app: FastAPI) -> None:
    """The background loop of the service."""
    settings: EscalationSettings = app.state.settings
    database: Database = app.state.database
    async with database.transaction() as tx:
        await directory.put_house(tx, settings.last_resort)
    await Notifier(database, SmtpPost(settings), settings).run()
