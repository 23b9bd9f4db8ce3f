"""Tells every open page what has changed. Listens while somebody does; keeps nothing of what it hears."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from common.errors import TooManyRequests
from common.messaging.kafka import Kafka, with_timeout
from common.persistence.database import Database
from common.runtime import Runtime
from common.telemetry import logger
from console.live.hints import LISTS, Hint, read_hint

log = logger(__name__)

MAX_LISTENERS: Final = 2_000
MAX_OF_SESSION: Final = 10
START_S: Final = 10.0
RETRY_S: Final = 5.0
POLL_MS: Final = 500
ASK_EVERY_S: Final = 10.0
STAYS_S: Final = 60.0
"""Seconds for which it listens on after the last one left: who opens the next page is away for a moment."""
ANSWER_S: Final = 5.0


class Listener:
    """A stream. It gets names that have changed since it last asked, joined; a contact those of their customer alone,
    and of them what is not ours alone."""

    def __init__(self, customer: str | None) -> None:
        self.customer = customer
        self._names: set[str] = set()
        self._something = asyncio.Event()

    async def wait(self) -> None:
        """Wait until there is something to tell."""
        await self._something.wait()

    def take(self) -> list[str]:
        """Return the names since the last time, sorted."""
        found, self._names = sorted(self._names), set()
        self._something.clear()
        return found

    def offer(self, hint: Hint) -> None:
        if self.customer is None:
            names = hint.names
        else:
            names = hint.for_contacts if hint.customer == self.customer else frozenset()
        if names:
            self._names |= names
            self._something.set()

    def wake(self) -> None:
        """Tell it to look, as Kafka came or went."""
        self._something.set()


class Hub:
    """The one listener to Kafka of a process, for all streams. `is_blind`: Kafka does not answer."""

    def __init__(self, database: Database | None = None) -> None:
        self.is_blind = True
        self._listeners: set[Listener] = set()
        self._by_session: Counter[str] = Counter()
        self._wanted = asyncio.Event()
        self._left_at = float("-inf")

    @contextmanager
    def listening(self, session: str, customer: str | None) -> Iterator[Listener]:
        """Listen. Raises TooManyRequests where one session or all of them have too many streams."""
        if len(self._listeners) >= MAX_LISTENERS or self._by_session[session] >= MAX_OF_SESSION:
            raise TooManyRequests(int(RETRY_S))
        listener = Listener(customer)
        self._listeners.add(listener)
        self._by_session[session] += 1
        self._wanted.set()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._by_session[session] -= 1
            if self._by_session[session] <= 0:
                del self._by_session[session]
            if not self._listeners:
                self._wanted.clear()
                self._left_at = monotonic()

    def tell(self, hint: Hint) -> None:
        """Offer a hint to all who listen."""
        for listener in tuple(self._listeners):
            listener.offer(hint)

    async def run(self, kafka: Kafka) -> None:
        """Listen to Kafka while somebody listens here, until cancelled."""
        while True:
            await self._wanted.wait()
            try:
                await self._listen(kafka)
            except (KafkaError, OSError, TimeoutError) as error:
                log.warning("live.blind", error=type(error).__name__)
                await asyncio.sleep(RETRY_S)

    async def _listen(self, kafka: Kafka) -> None:
        names = {kafka.topic(topic): topic for topic in LISTS}
        consumer = AIOKafkaConsumer(
            *names, **kafka.options(), group_id=None, auto_offset_reset="latest"
        )
        try:
            await with_timeout(START_S, consumer.start())
            # Where each partition ends is asked at the first look: what came before that would be missed.
            for partition in consumer.assignment():
                await with_timeout(START_S, consumer.position(partition))
            self._see(blind=False)
            asked_at = monotonic()
            while self._listeners or monotonic() - self._left_at < STAYS_S:
                if await self._pass_on(consumer, names):
                    asked_at = monotonic()
                elif (
                    monotonic() - asked_at > ASK_EVERY_S
                ):  # silence is told apart from a dead broker
                    await with_timeout(ANSWER_S, consumer.end_offsets(consumer.assignment()))
                    asked_at = monotonic()
        finally:
            self._see(blind=True)
            await with_timeout(START_S, consumer.stop())

    async def _pass_on(self, consumer: AIOKafkaConsumer, names: Mapping[str, str]) -> bool:
        """Pass on what came within half a second. Returns whether anything did."""
        found = await consumer.getmany(timeout_ms=POLL_MS)
        for partition, records in found.items():
            for record in records:
                if hint := read_hint(names[partition.topic], record.value, record.headers):
                    self.tell(hint)
        return bool(found)

    def _see(self, *, blind: bool) -> None:
        self.is_blind = blind
        for listener in tuple(self._listeners):
            listener.wake()


async def run_hub(runtime: Runtime[Any]) -> None:
    """Run the process's hub: a background loop of the process that serves pages."""
    await runtime.resource(Hub).run(runtime.kafka)
