"""Makes a restored service agree with what it has published: sequences, numbers, an event each.

Each step commits by itself and may be repeated: what dies in the middle is run again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from common.audit import Entry, record
from common.domain import Actor
from common.messaging.kafka import Kafka
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.sequenced import load_sequences, store_sequence
from common.restoration import runs, store
from common.restoration.key_numbers import PublishedNumbers, raise_numbers
from common.restoration.lost_events import LostEvents, LostHistory
from common.restoration.own_history import OwnHistory
from common.restoration.own_records import read_own_records
from common.restoration.unsent import (
    UnsentEvents,
    load_unsent,
    move_behind,
    read_unsent_bodies,
    sequences_without,
)

BATCH_SIZE = 200
"""Subjects of one transaction."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration found: subjects with lost events, and numbers raised to what."""

    records: int
    lost: list[LostHistory]
    numbers: Mapping[str, int]


async def restore(database: Database, kafka: Kafka, own: OwnHistory, actor: Actor) -> Restored:
    """Compare everything published with what is stored, and raise what is behind.

    The service must not run meanwhile, and does not start before this has ended. Raises what
    `read_own_records` raises.
    """
    async with database.transaction() as tx:
        await runs.begin(tx, actor)
    result = await _compare_and_raise(database, kafka, own, actor)
    async with database.transaction() as tx:
        await runs.end(tx)
    return result


async def _compare_and_raise(
    database: Database, kafka: Kafka, own: OwnHistory, actor: Actor
) -> Restored:
    lost, numbers, count = LostEvents(), PublishedNumbers(own.numbers), 0
    async for records in read_own_records(kafka, own.source, own.restored_events):
        count += len(records)
        names = numbers.read(records)
        async with database.transaction() as tx:
            subjects = {one.subject for one in records}
            stored = await load_sequences(tx, own.subjects, subjects)
            lost.add(records, stored, names, await load_unsent(tx, subjects))
    async with database.transaction() as tx:
        async for bodies in read_unsent_bodies(tx):
            numbers.read_unsent(bodies)
        raised = await raise_numbers(tx, own.numbers, numbers.highest)
        if raised:
            at = await transaction_time(tx)
            await record(tx, Entry.by(actor, at, "history.restore", own.source, raised))
    found: list[LostHistory] = []
    for batch in _batches(lost.histories.values(), BATCH_SIZE):
        async with database.transaction() as tx:
            unsent = await load_unsent(tx, [one.subject for one in batch], lost.sent_ids)
            found += await _restore_batch(tx, own, batch, unsent, actor)
    return Restored(count, found, raised)


async def _restore_batch(
    tx: Connection,
    own: OwnHistory,
    batch: Sequence[LostHistory],
    unsent: UnsentEvents,
    actor: Actor,
) -> list[LostHistory]:
    subjects = [one.subject for one in batch]
    stored = await load_sequences(tx, own.subjects, subjects, lock=True)
    known = sequences_without(stored, unsent)
    before = await store.restored_sequences(tx, own.source, subjects)
    at = await transaction_time(tx)
    found = [one for one in batch if _is_open(one, known, before)]
    for lost in found:
        last = max(lost.published_sequence, known.get(lost.subject, 0))
        behind = unsent.get(lost.subject, {}).keys()
        if lost.subject in stored:
            await store_sequence(tx, own.subjects, lost.subject, last + 1 + len(behind))
        await store.add(tx, own.source, lost, last + 1)
        event = own.restored_events[lost.topic](
            at=at,
            restored_subject=lost.subject,
            record_key=lost.key,
            name=lost.name,
            exists=lost.exists,
            stored_sequence=lost.stored_sequence,
            published_sequence=lost.published_sequence,
        )
        await publish(tx, OutboxEvent(event, last + 1))
        await move_behind(tx, lost.subject, behind, last + 1)
    await record(tx, *(_audit_entry(one, actor, at) for one in found))
    return found


def _is_open(lost: LostHistory, known: Mapping[str, int], before: Mapping[str, int]) -> bool:
    """Whether this loss has not been dealt with by an earlier run."""
    done = before.get(lost.subject, 0)
    if lost.forked_sequence is not None and lost.forked_sequence > done:
        return True
    return lost.published_sequence > max(done, known.get(lost.subject, 0))


def _audit_entry(lost: LostHistory, actor: Actor, at: datetime) -> Entry:
    grounds = {
        "name": lost.name,
        "exists": lost.exists,
        "stored_sequence": lost.stored_sequence,
        "published_sequence": lost.published_sequence,
        "forked_sequence": lost.forked_sequence,
    }
    return Entry.by(actor, at, "history.mark_lost", lost.subject, grounds)


def _batches(items: Iterable[T], size: int) -> Iterable[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
