"""The loop that sends what a service has stored to be sent: under a lease, outside of any transaction.

After a crash between sending and storing the outcome, the lease expires and the same message is sent
again with the same Message-ID (E19). Leases and retries run on real time.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Final, Generic, Literal, TypeVar

from common.domain.send_outcomes import Delivered, PermanentFailure, SendOutcome, TemporaryFailure
from common.mail.smtp import MailTransport
from common.persistence.database import Connection, Database
from common.persistence.errors import describe_error, is_transient
from common.telemetry import logger

log = logger(__name__)

LEASE_DURATION: Final = timedelta(seconds=20)
"""Real time, longer than sending may take; a message waits that long after a crash."""
OUTCOME_LOCK_TIMEOUT_S: Final = 0.5
"""Seconds that storing an outcome waits for its lock, on one of the few connections."""
OUTCOME_RETRY_S: Final = 0.5
OUTCOME_TIMEOUT_S: Final = 60.0
"""Seconds between tries to store an outcome, and in all: what was sent should not be sent again."""
END_TIMEOUT_S: Final = 5.0
"""Seconds that what is being sent has to end when the service stops."""
AWAY_PAUSE_S: Final = 2.0
"""Seconds between tries to reach a mail server that is away: one message is tried, not all that wait."""
POLL_INTERVAL_S: Final = 0.5
"""Seconds between polls, for what another replica wrote and for retries that are due."""

L = TypeVar("L")
Result = Literal["sent", "failed", "dropped", "retried"]
"""What became of an attempt; `retried`: the message is kept, and is tried again later."""


class LeasedSending(ABC, Generic[L]):
    """The sending side of one replica; `L` is one leased message. `run` goes on until cancelled.

    At most `max_concurrent` messages are sent at the same time, each on its own: so many sessions may
    hang before another message waits. Connections to the database are fewer, and are not held while a
    message is sent.
    """

    max_concurrent = 64

    def __init__(self, database: Database, transport: MailTransport) -> None:
        self.database = database
        self.transport = transport
        self._wake = asyncio.Event()
        self._sending: set[str] = set()
        self._on_the_way = 0
        self._away_until: float | None = None

    @abstractmethod
    async def lease(self, tx: Connection, length: timedelta, limit: int) -> Sequence[L]:
        """Lease up to `limit` messages that are to be sent now, for `length` of real time."""

    @abstractmethod
    async def renew(self, tx: Connection, leased: L) -> bool:
        """Hold it for LEASE_DURATION from this moment on. False where it was cancelled, or the lease is lost."""

    @abstractmethod
    async def build_message(self, leased: L) -> EmailMessage | PermanentFailure | None:
        """Renew the lease and return the message, the same at each attempt; None when it is no longer needed.

        Reading it may have waited for a connection: only from here on the lease is longer than sending.
        """

    @abstractmethod
    async def record_outcome(self, tx: Connection, leased: L, outcome: SendOutcome) -> None:
        """Store what became of the attempt."""

    @abstractmethod
    def name_of(self, leased: L) -> str:
        """What the log calls it."""

    @abstractmethod
    def count(self, leased: L, result: Result) -> None:
        """Count an attempt, by what became of it."""

    def envelope_sender(self, leased: L) -> str | None:
        """Who hears of it when it cannot be delivered; None: the address in From, empty: nobody."""
        return None

    async def prepare(self) -> None:
        """Do what comes before each round of sending."""
        return

    def wake(self) -> None:
        """Begin the next round at once."""
        self._wake.set()

    async def run(self) -> None:
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wake.clear()
                await self._prepare()
                for leased in await self._take_leases(self._count_free(len(tasks))):
                    sending = asyncio.create_task(self._send(leased))
                    tasks.add(sending)
                    sending.add_done_callback(partial(self._on_send_done, tasks))
                # Not `wait_for`, which loses a cancellation that comes with a wake.
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_INTERVAL_S):
                        await self._wake.wait()
        finally:
            await _end(tasks)

    async def send_ready(self) -> int:
        """Send what is to be sent now, once, and return how many messages that were."""
        await self.prepare()
        leased = await self._take_leases(self.max_concurrent)
        await asyncio.gather(*map(self._send, leased))
        return len(leased)

    def _count_free(self, sending: int) -> int:
        """How many messages may be begun now.

        While the mail server is away one at a time tries to reach it. A message that has been there and whose
        outcome cannot be stored yet tries nothing: it must not hold the next one up.
        """
        free = self.max_concurrent - sending
        if self._away_until is None:
            return free
        is_over = asyncio.get_running_loop().time() >= self._away_until
        return min(free, int(is_over and not self._on_the_way))

    def _note_reachability(self, outcome: SendOutcome) -> None:
        if isinstance(outcome, TemporaryFailure) and outcome.is_unreachable:
            self._away_until = asyncio.get_running_loop().time() + AWAY_PAUSE_S
        else:
            self._away_until = None

    async def _prepare(self) -> None:
        try:
            await self.prepare()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("sending.not_prepared", error=describe_error(error))

    async def _take_leases(self, free: int) -> Sequence[L]:
        if not free:
            return []
        try:
            async with self.database.transaction() as tx:
                return await self.lease(tx, LEASE_DURATION, free)
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("sending.not_leased", error=describe_error(error))
            return []

    def _on_send_done(self, tasks: set[asyncio.Task[None]], sending: asyncio.Task[None]) -> None:
        # The next message starts as soon as one ends: a mail server that hangs delays nobody else.
        tasks.discard(sending)
        self._wake.set()

    async def _send(self, leased: L) -> None:
        name = self.name_of(leased)
        if name in self._sending:
            return  # its outcome could not be stored within its lease, and is on the way
        self._sending.add(name)
        try:
            await self._deliver(leased)
        except Exception as error:  # noqa: BLE001 (the lease expires and it is sent again)
            log.error("mail.not_sent", mail=name, error=type(error).__name__)
        finally:
            self._sending.discard(name)

    async def _deliver(self, leased: L) -> None:
        self._on_the_way += 1
        try:
            outcome = await self._attempt(leased)
        finally:
            self._on_the_way -= 1
        if outcome is None:
            self.count(leased, "dropped")
            return
        await self._store_outcome(leased, outcome)
        self.count(leased, _result_of(outcome))

    async def _attempt(self, leased: L) -> SendOutcome | None:
        """The outcome of one attempt; None where the message is no longer needed."""
        message = await self.build_message(leased)
        if message is None or isinstance(message, PermanentFailure):
            return message
        outcome = await self.transport.send(message, self.envelope_sender(leased))
        self._note_reachability(outcome)
        return outcome

    async def _store_outcome(self, leased: L, outcome: SendOutcome) -> None:
        """Store it, however long its row is locked or the database away, within OUTCOME_TIMEOUT_S."""
        clock = asyncio.get_running_loop()
        give_up_at = clock.time() + OUTCOME_TIMEOUT_S
        while True:
            try:
                async with self.database.transaction(lock_timeout_s=OUTCOME_LOCK_TIMEOUT_S) as tx:
                    return await self.record_outcome(tx, leased, outcome)
            except Exception as error:
                if not is_transient(error) or clock.time() > give_up_at:
                    raise
            await self._hold(leased)
            await asyncio.sleep(OUTCOME_RETRY_S)

    async def _hold(self, leased: L) -> None:
        """Keep others from sending what was sent, while that cannot be stored yet."""
        try:
            async with self.database.transaction() as tx:
                await self.renew(tx, leased)
        except Exception as error:
            if not is_transient(error):
                raise


def _result_of(outcome: SendOutcome) -> Result:
    match outcome:
        case Delivered():
            return "sent"
        case PermanentFailure():
            return "failed"
        case TemporaryFailure():
            return "retried"


async def _end(tasks: Collection["asyncio.Task[None]"]) -> None:
    """Let messages on their way arrive, and be stored as sent: given up, they would be sent again."""
    sending = list(tasks)
    try:
        if sending:
            await asyncio.wait(sending, timeout=END_TIMEOUT_S)
    finally:
        for task in sending:
            task.cancel()
