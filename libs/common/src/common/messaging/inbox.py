"""The inbox: each event takes effect once and in its subject's order, however records arrive.

The inbox has the last applied `sequence` per (source, subject): a lower or equal one is a
duplicate, the next one is applied, a later one is parked until the missing one comes. Effect, inbox
and outgoing events are committed together.
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
"""Handles events of one type, all with different keys, after earlier events of these keys."""
Handlers = Mapping[type[Event], Handler]


class PermanentError(Exception):
    """A rule refuses the event as impossible: it becomes a dead letter. Says why, for ops."""


class MissingReference(Exception):
    """The event refers to a subject (`customer/0192…`) that is not known yet: it is parked.

    `source` is the service that publishes the subject, None for the event's own source.
    """

    def __init__(self, subject: str, source: str | None = None) -> None:
        super().__init__(f"{subject} is not known yet")
        self.subject = subject
        self.source = source


def for_each(handle: Callable[[Connection, Any], Awaitable[None]]) -> Handler:
    """Turn a handler of one event into a handler of many. Not for hot paths."""

    async def one_by_one(tx: Connection, events: Sequence[Any]) -> None:
        for event in events:
            await handle(tx, event)

    return one_by_one


def chain(*handlers: Handler) -> Handler:
    """Combine handlers of the same event, to run one after the other in the transaction."""

    async def one_after_the_other(tx: Connection, events: Sequence[Any]) -> None:
        for handle in handlers:
            await handle(tx, events)

    return one_after_the_other


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """A record whose envelope is valid. `received` is None for types without a handler."""

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
    """Return whether a record is a duplicate, the next one, or too early."""
    if sequence <= max(position.sequence, position.dead_sequence or 0):
        return "old"
    if position.dead_sequence is not None:
        return "early"
    return "next" if is_snapshot or sequence == position.sequence + 1 else "early"


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many records of a batch were applied, parked, and made dead letters."""

    applied: int
    parked: int
    dead: int


class Inbox:
    """The inbox of a service, with the handlers of the event types that it consumes."""

    def __init__(self, service: str, handlers: Handlers) -> None:
        self.service = service
        self.handlers = handlers
        self.types: dict[str, type[Event]] = {event.type: event for event in handlers}
        self.topics = sorted({event.topic for event in handlers})

    async def process(self, tx: Connection, records: Sequence[Record]) -> BatchResult:
        """Apply records in one transaction. Raises what a handler raises."""
        if parked_ids := [record.parked_id for record in records if record.parked_id is not None]:
            await unpark(tx, parked_ids)
        decoded, letters = self._decode_all(records)
        positions = await lock_positions(tx, {one.subject for one in decoded})
        ready, early = self._classify_all(decoded, positions, letters)
        for group in ordered_groups(ready):
            # One event continues its trace; several begin a new one.
            traceparent = group[0].traceparent if len(group) == 1 else None
            with span(f"{self.service} {type(group[0].event).__name__}", traceparent):
                await self.handlers[type(group[0].event)](tx, group)
        await save_positions(tx, positions)
        await park(tx, early)
        await dead_letter(tx, self.service, letters)
        return BatchResult(len(ready), len(early), len(letters))

    async def dead_letter(self, tx: Connection, record: Record, code: str, reason: str) -> None:
        """Make a record a dead letter; later events of its subject wait behind it."""
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
        """Park a record until the subject that it refers to is known."""
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
    """Group events by type, each key once in a group; the events of a key stay in order."""
    depth: dict[str, int] = {}
    groups: dict[tuple[int, type[Event]], list[ReceivedEvent[Event]]] = {}
    for received in events:
        key = received.event.key()
        depth[key] = depth.get(key, -1) + 1
        groups.setdefault((depth[key], type(received.event)), []).append(received)
    for group_key in sorted(groups, key=lambda group: group[0]):
        yield groups[group_key]
