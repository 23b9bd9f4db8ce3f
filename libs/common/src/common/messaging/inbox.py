"""Each event takes effect once, in its subject's order, however often and in whatever order it comes.

Per (source, subject) stands the last applied `sequence`: lower or equal is a duplicate, the next
one applies, a gap parks the record until the missing one comes. Effect, place in the inbox and
outgoing events commit together.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from common.events.envelope import (
    DecodeError,
    Envelope,
    Event,
    ReceivedEvent,
    decode_envelope,
    decode_event,
)
from common.messaging.dead_letter_queue import (
    DeadLetterRecord,
    ParkedRecord,
    dead_letter,
    park,
    unpark,
)
from common.messaging.positions import (
    Record,
    Subject,
    SubjectPosition,
    lock_positions,
    save_positions,
)
from common.persistence.database import Connection
from common.telemetry import span

Handler = Callable[[Connection, Sequence[Any]], Awaitable[None]]
"""Takes events of one type, all with different keys; earlier ones of a key were handled before."""
Handlers = Mapping[type[Event], Handler]


class PermanentError(Exception):
    """A rule refuses the event as impossible: it is put aside at once. Says why, for ops."""


class MissingReference(Exception):
    """The event speaks of a subject (`customer/0192…`) that has not been heard of: it waits.

    `source` is who will tell of that subject; None where it is the event's own source.
    """

    def __init__(self, subject: str, source: str | None = None) -> None:
        super().__init__(f"{subject} is not known yet")
        self.subject = subject
        self.source = source


def for_each(handle: Callable[[Connection, Any], Awaitable[None]]) -> Handler:
    """A handler of one event as a handler of several: for what is rare, not for the hot path."""

    async def one_by_one(tx: Connection, events: Sequence[Any]) -> None:
        for event in events:
            await handle(tx, event)

    return one_by_one


def chain(*handlers: Handler) -> Handler:
    """Several handlers of the same event, one after the other, in the one transaction."""

    async def one_after_the_other(tx: Connection, events: Sequence[Any]) -> None:
        for handle in handlers:
            await handle(tx, events)

    return one_after_the_other


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """A record that says at least whom it is about. `received` is None for unlistened types."""

    record: Record
    envelope: Envelope
    received: ReceivedEvent[Event] | None
    error: str | None = None

    @property
    def subject(self) -> Subject:
        return self.envelope.source, self.envelope.subject

    @property
    def is_snapshot(self) -> bool:
        return self.received is not None and self.received.event.is_snapshot


def classify(
    position: SubjectPosition, sequence: int, is_snapshot: bool
) -> Literal["old", "next", "early"]:
    """What a record is, by its subject's place in the inbox."""
    if sequence <= max(position.sequence, position.dead_sequence or 0):
        return "old"
    if position.dead_sequence is not None:
        return "early"
    return "next" if is_snapshot or sequence == position.sequence + 1 else "early"


@dataclass(frozen=True, slots=True)
class BatchResult:
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

    async def process(self, tx: Connection, records: Sequence[Record]) -> BatchResult:
        """Apply records in one transaction, set-based. Raises what a handler raises."""
        if parked_ids := [record.parked_id for record in records if record.parked_id is not None]:
            await unpark(tx, parked_ids)
        decoded, letters = self._decode_all(records)
        positions = await lock_positions(tx, {one.subject for one in decoded})
        ready, early = self._classify_all(decoded, positions, letters)
        for group in ordered_groups(ready):
            # A trace goes on with its one event; several at once begin a trace of their own.
            traceparent = group[0].traceparent if len(group) == 1 else None
            with span(f"{self.service} {type(group[0].event).__name__}", traceparent):
                await self.handlers[type(group[0].event)](tx, group)
        await save_positions(tx, positions)
        await park(tx, early)
        await dead_letter(tx, self.service, letters)
        return BatchResult(len(ready), len(early), len(letters))

    async def dead_letter(self, tx: Connection, record: Record, code: str, reason: str) -> None:
        """Put one record aside for a person; later events of its subject wait behind it."""
        if record.parked_id is not None:
            await unpark(tx, [record.parked_id])
        envelope = decode_envelope(record.headers)
        subject = envelope.source, envelope.subject
        position = (await lock_positions(tx, {subject}))[subject]
        if envelope.sequence > max(position.sequence, position.dead_sequence or 0):
            position.dead_sequence = envelope.sequence
            await save_positions(tx, {subject: position})
            await dead_letter(tx, self.service, [DeadLetterRecord(record, envelope, code, reason)])

    async def park(self, tx: Connection, record: Record, missing: MissingReference) -> None:
        """Park one record until the subject that it speaks of has been heard of."""
        envelope = decode_envelope(record.headers)
        if record.parked_id is not None:
            await unpark(tx, [record.parked_id])
        parked_record = ParkedRecord(
            record, envelope, missing.source or envelope.source, missing.subject
        )
        await park(tx, [parked_record])

    def _decode_all(
        self, records: Sequence[Record]
    ) -> tuple[list[DecodedRecord], list[DeadLetterRecord]]:
        decoded, letters = [], []
        for record in records:
            try:
                decoded.append(self._decode(record))
            except DecodeError as error:
                letters.append(DeadLetterRecord(record, None, "undecodable", str(error)))
        return decoded, letters

    def _decode(self, record: Record) -> DecodedRecord:
        envelope = decode_envelope(record.headers)
        try:
            return DecodedRecord(
                record, envelope, decode_event(envelope, record.body or b"", self.types)
            )
        except DecodeError as error:
            return DecodedRecord(record, envelope, None, str(error))

    def _classify_all(
        self,
        decoded: Sequence[DecodedRecord],
        positions: Mapping[Subject, SubjectPosition],
        letters: list[DeadLetterRecord],
    ) -> tuple[list[ReceivedEvent[Event]], list[ParkedRecord]]:
        ready, early = [], []
        for one in decoded:
            position, sequence = positions[one.subject], one.envelope.sequence
            category = classify(position, sequence, one.is_snapshot)
            if category == "early":
                early.append(ParkedRecord(one.record, one.envelope, None, None))
            elif category == "next" and one.error:
                position.dead_sequence = sequence
                letters.append(DeadLetterRecord(one.record, one.envelope, "undecodable", one.error))
            elif category == "next":
                position.sequence = sequence
                if one.received is not None:
                    ready.append(one.received)
        return ready, early


def ordered_groups(events: Sequence[ReceivedEvent[Event]]) -> Iterator[list[ReceivedEvent[Event]]]:
    """Groups of one type in which no key stands twice; each key's events stay in their order."""
    depth: dict[str, int] = {}
    groups: dict[tuple[int, type[Event]], list[ReceivedEvent[Event]]] = {}
    for received in events:
        key = received.event.key()
        depth[key] = depth.get(key, -1) + 1
        groups.setdefault((depth[key], type(received.event)), []).append(received)
    for group_key in sorted(groups, key=lambda group: group[0]):
        yield groups[group_key]
