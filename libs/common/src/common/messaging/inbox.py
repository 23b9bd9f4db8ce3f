"""The inbox: each event takes effect once and in its subject's order, however records arrive.

The inbox has the last applied `sequence` per (source, subject): a lower or equal one is a
duplicate, the next one is applied, a later one is parked until the missing one comes. A sequence
that took effect with another event is a fork: its sender was restored from a backup. Effect, inbox,
outgoing events and the offsets read so far are committed together.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from common.events.envelope import Event, ReceivedEvent, decode_envelope
from common.messaging.classification import Verdicts, decode_all, judge
from common.messaging.dead_letter_queue import (
    FORK,
    WRONG_SOURCE,
    DeadLetterRecord,
    dead_letter,
)
from common.messaging.origins import Origins
from common.messaging.parked_records import ParkedRecord, park, unpark
from common.messaging.positions import (
    Partition,
    Record,
    Subject,
    lock_positions,
    save_positions,
)
from common.persistence.database import Connection
from common.telemetry import Cause, batch_span, traceparent_of, within_trace_of

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

    def reference(self, source: str) -> Subject:
        """Return what is missing, for an event of `source`."""
        return self.source or source, self.subject


def for_each(handle: Callable[[Connection, Any], Awaitable[None]]) -> Handler:
    """Turn a handler of one event into a handler of many. Not for hot paths."""

    async def one_by_one(tx: Connection, events: Sequence[Any]) -> None:
        for event in events:
            with within_trace_of(event.event.key()):
                await handle(tx, event)

    return one_by_one


def chain(*handlers: Handler) -> Handler:
    """Combine handlers of the same event, to run one after the other in the transaction."""

    async def one_after_the_other(tx: Connection, events: Sequence[Any]) -> None:
        for handle in handlers:
            await handle(tx, events)

    return one_after_the_other


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How many records of a batch were applied, parked, and made dead letters or forks.

    `moved` are the subjects whose records may free parked ones, `stopped` the sources that told a
    sequence twice. `refused` are the topics of dead letters from a wrong source, which `dead` does
    not count. `events` are those that took effect, each with the id of its trace.
    """

    applied: int
    parked: int
    dead: int
    moved: frozenset[Subject] = frozenset()
    stopped: frozenset[str] = frozenset()
    refused: tuple[str, ...] = ()
    events: Sequence[tuple[ReceivedEvent[Event], str]] = field(default=(), compare=False)


class Inbox:
    """The inbox of a service, with the handlers of the event types that it consumes.

    `stopped_sources` are the sources that wait for a person's decision, as far as this process knows.
    `topic_name` gives a topic's name on Kafka.
    """

    def __init__(
        self, service: str, handlers: Handlers, topic_name: Callable[[str], str] = str
    ) -> None:
        self.service = service
        self.handlers = handlers
        self.types: dict[str, type[Event]] = {event.type: event for event in handlers}
        self.topics = sorted({event.topic for event in handlers})
        self.origins = Origins(handlers, topic_name)
        self.stopped_sources: frozenset[str] = frozenset()

    async def process(
        self,
        tx: Connection,
        records: Sequence[Record],
        offsets: Mapping[Partition, int] = MappingProxyType({}),
        *,
        accept_forks: bool = False,
    ) -> BatchResult:
        """Apply records in one transaction, and store `offsets` with their effects.

        Raises what a handler raises.
        """
        await _unpark(tx, records)
        decoded, letters = decode_all(records, self.types, self.origins)
        positions = await lock_positions(tx, {one.subject for one in decoded})
        verdicts = Verdicts(set(self.stopped_sources), letters=letters)
        judge(decoded, positions, verdicts, accept_forks=accept_forks)
        applied: list[tuple[ReceivedEvent[Event], str]] = []
        for group in ordered_groups(verdicts.ready):
            causes = [Cause(one.event.key(), one.traceparent) for one in group]
            with batch_span(f"{self.service} {type(group[0].event).__name__}", causes):
                await self.handlers[type(group[0].event)](tx, group)
                applied += ((one, _trace_of(one)) for one in group)
        await save_positions(tx, positions, offsets)
        await park(tx, verdicts.early)
        stored = await dead_letter(tx, self.service, verdicts.letters)
        forks = {one.envelope.source for one in stored if one.code == FORK and one.envelope}
        return BatchResult(
            len(verdicts.ready),
            len(verdicts.early),
            sum(letter.code not in {FORK, WRONG_SOURCE} for letter in verdicts.letters),
            frozenset(positions),
            frozenset(forks),
            tuple(one.record.topic for one in verdicts.letters if one.code == WRONG_SOURCE),
            applied,
        )

    async def dead_letter(
        self,
        tx: Connection,
        record: Record,
        code: str,
        reason: str,
        offsets: Mapping[Partition, int] = MappingProxyType({}),
    ) -> None:
        """Make a record a dead letter; later events of its subject wait behind it."""
        await _unpark(tx, [record])
        envelope = decode_envelope(record.headers)
        subject = envelope.source, envelope.subject
        position = (await lock_positions(tx, {subject}))[subject]
        is_new = envelope.sequence > max(position.sequence, position.dead_sequence or 0)
        if is_new:
            position.dead_sequence = envelope.sequence
        await save_positions(tx, {subject: position}, offsets)
        if is_new:
            await dead_letter(tx, self.service, [DeadLetterRecord(record, envelope, code, reason)])

    async def park(
        self,
        tx: Connection,
        record: Record,
        missing: MissingReference | None,
        problem: str | None,
        offsets: Mapping[Partition, int],
    ) -> Subject:
        """Park a record: `missing` is what it waits for, `problem` what it met of our own trouble.

        Returns the record's own subject.
        """
        envelope = decode_envelope(record.headers)
        await _unpark(tx, [record])
        waits_for = record.parked.waits_for if record.parked else None
        if missing is not None:
            waits_for = missing.reference(envelope.source)
        await park(tx, [ParkedRecord(record, envelope, waits_for, problem)])
        await self.store_offsets(tx, offsets)
        return envelope.source, envelope.subject

    async def store_offsets(self, tx: Connection, offsets: Mapping[Partition, int]) -> None:
        """Store where to go on reading, without any effect."""
        await save_positions(tx, {}, offsets)


def _trace_of(received: ReceivedEvent[Event]) -> str:
    return (traceparent_of(received.event.key()) or "")[3:35]


async def _unpark(tx: Connection, records: Sequence[Record]) -> None:
    if ids := [record.parked.id for record in records if record.parked is not None]:
        await unpark(tx, ids)


def ordered_groups(events: Sequence[ReceivedEvent[Event]]) -> Iterator[list[ReceivedEvent[Event]]]:
    """Group events by type, each key once in a group; the events of a key stay in order.

    Of a type that is `set_based` a group may hold several of one key that follow each other, each of another
    subject: a storm of alerts of one ticket is one group.
    """
    depth: dict[str, int] = {}
    newest: dict[str, tuple[type[Event], set[str]]] = {}
    groups: dict[tuple[int, type[Event]], list[ReceivedEvent[Event]]] = {}
    for received in events:
        key, kind, subject = received.event.key(), type(received.event), received.subject
        last_kind, subjects = newest.get(key, (None, set()))
        if kind is not last_kind or not kind.set_based or subject in subjects:
            depth[key] = depth.get(key, -1) + 1
            newest[key] = (kind, subjects := set())
        subjects.add(subject)
        groups.setdefault((depth[key], kind), []).append(received)
    for group_key in sorted(groups, key=lambda group: group[0]):
        yield groups[group_key]
