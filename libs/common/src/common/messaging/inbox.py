"""Each event takes effect once, in its subject's order, however often and in whatever order it comes.

Per (source, subject) stands the last applied `sequence`: lower or equal is a duplicate, the next
one applies, a gap parks the record until the missing one comes. Effect, place in the inbox and
outgoing events commit together.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from common.events.envelope import Envelope, Event, Received, Undecodable, read_envelope, read_event
from common.messaging.dead_letter_queue import Grave, Waiting, bury, park, unpark
from common.messaging.positions import Place, Record, Subject, advance, lock_places
from common.persistence.database import Connection
from common.telemetry import span

Handler = Callable[[Connection, Sequence[Any]], Awaitable[None]]
"""Takes events of one type, all with different keys; earlier ones of a key were handled before."""
Handlers = Mapping[type[Event], Handler]


class Impossible(Exception):
    """A rule refuses the event as impossible: it is put aside at once. Says why, for ops."""


class NotYetKnown(Exception):
    """The event speaks of a subject (`customer/0192…`) that has not been heard of: it waits.

    `source` is who will tell of that subject; None where it is the event's own source.
    """

    def __init__(self, subject: str, source: str | None = None) -> None:
        super().__init__(f"{subject} is not known yet")
        self.subject = subject
        self.source = source


def each(handle: Callable[[Connection, Any], Awaitable[None]]) -> Handler:
    """A handler of one event as a handler of several: for what is rare, not for the hot path."""

    async def one_by_one(tx: Connection, events: Sequence[Any]) -> None:
        for event in events:
            await handle(tx, event)

    return one_by_one


def in_turn(*handlers: Handler) -> Handler:
    """Several handlers of the same event, one after the other, in the one transaction."""

    async def one_after_the_other(tx: Connection, events: Sequence[Any]) -> None:
        for handle in handlers:
            await handle(tx, events)

    return one_after_the_other


@dataclass(frozen=True, slots=True)
class Heard:
    """A record that says at least whom it is about. `received` is None for unlistened types."""

    record: Record
    envelope: Envelope
    received: Received[Event] | None
    wrong: str | None = None

    @property
    def subject(self) -> Subject:
        return self.envelope.source, self.envelope.subject

    @property
    def whole_state(self) -> bool:
        return self.received is not None and self.received.event.whole_state


def judge(place: Place, sequence: int, whole_state: bool) -> Literal["old", "next", "early"]:
    """What a record is, by its subject's place in the inbox."""
    if sequence <= max(place.sequence, place.dead_at or 0):
        return "old"
    if place.dead_at is not None:
        return "early"
    return "next" if whole_state or sequence == place.sequence + 1 else "early"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a poll's records."""

    applied: int
    parked: int
    dead: int


class Inbox:
    """The reading side of one service: which types it listens to, and who handles them."""

    def __init__(self, service: str, handlers: Handlers) -> None:
        self.service = service
        self.handlers = handlers
        self.types: dict[str, type[Event]] = {event.type: event for event in handlers}
        self.topics = sorted({event.topic for event in handlers})

    async def take(self, tx: Connection, records: Sequence[Record]) -> Taken:
        """Apply records in one transaction, set-based. Raises what a handler raises."""
        if freed := [record.parked for record in records if record.parked is not None]:
            await unpark(tx, freed)
        heard, graves = self._listen(records)
        places = await lock_places(tx, {one.subject for one in heard})
        ready, early = self._sort_out(heard, places, graves)
        for group in layers(ready):
            # A trace goes on with its one event; several at once begin a trace of their own.
            came_with = group[0].traceparent if len(group) == 1 else None
            with span(f"{self.service} {type(group[0].event).__name__}", came_with):
                await self.handlers[type(group[0].event)](tx, group)
        await advance(tx, places)
        await park(tx, early)
        await bury(tx, self.service, graves)
        return Taken(len(ready), len(early), len(graves))

    async def bury(self, tx: Connection, record: Record, code: str, reason: str) -> None:
        """Put one record aside for a person; later events of its subject wait behind it."""
        if record.parked is not None:
            await unpark(tx, [record.parked])
        envelope = read_envelope(record.headers)
        subject = envelope.source, envelope.subject
        place = (await lock_places(tx, {subject}))[subject]
        if envelope.sequence > max(place.sequence, place.dead_at or 0):
            place.dead_at = envelope.sequence
            await advance(tx, {subject: place})
            await bury(tx, self.service, [Grave(record, envelope, code, reason)])

    async def wait(self, tx: Connection, record: Record, missing: NotYetKnown) -> None:
        """Park one record until the subject that it speaks of has been heard of."""
        envelope = read_envelope(record.headers)
        if record.parked is not None:
            await unpark(tx, [record.parked])
        waits = Waiting(record, envelope, missing.source or envelope.source, missing.subject)
        await park(tx, [waits])

    def _listen(self, records: Sequence[Record]) -> tuple[list[Heard], list[Grave]]:
        heard, graves = [], []
        for record in records:
            try:
                heard.append(self._hear(record))
            except Undecodable as error:
                graves.append(Grave(record, None, "undecodable", str(error)))
        return heard, graves

    def _hear(self, record: Record) -> Heard:
        envelope = read_envelope(record.headers)
        try:
            return Heard(record, envelope, read_event(envelope, record.body or b"", self.types))
        except Undecodable as error:
            return Heard(record, envelope, None, str(error))

    def _sort_out(
        self, heard: Sequence[Heard], places: Mapping[Subject, Place], graves: list[Grave]
    ) -> tuple[list[Received[Event]], list[Waiting]]:
        ready, early = [], []
        for one in heard:
            place, sequence = places[one.subject], one.envelope.sequence
            found = judge(place, sequence, one.whole_state)
            if found == "early":
                early.append(Waiting(one.record, one.envelope, None, None))
            elif found == "next" and one.wrong:
                place.dead_at = sequence
                graves.append(Grave(one.record, one.envelope, "undecodable", one.wrong))
            elif found == "next":
                place.sequence = sequence
                if one.received is not None:
                    ready.append(one.received)
        return ready, early


def layers(events: Sequence[Received[Event]]) -> Iterator[list[Received[Event]]]:
    """Groups of one type in which no key stands twice; each key's events stay in their order."""
    depth: dict[str, int] = {}
    groups: dict[tuple[int, type[Event]], list[Received[Event]]] = {}
    for received in events:
        key = received.event.key()
        depth[key] = depth.get(key, -1) + 1
        groups.setdefault((depth[key], type(received.event)), []).append(received)
    for place in sorted(groups, key=lambda group: group[0]):
        yield groups[place]
