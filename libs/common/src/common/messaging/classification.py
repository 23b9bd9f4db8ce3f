"""What a record is to a receiver that knows its subject's position: the next, old, early, or a fork.

Pure. A sender restored from an older backup gives its sequences out a second time. Those events are
new, and dropping them as duplicates would lose them in silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from common.events.envelope import (
    DecodeError,
    Envelope,
    Event,
    ReceivedEvent,
    decode_envelope,
    decode_event,
)
from common.messaging.dead_letter_queue import FORK, WRONG_SOURCE, DeadLetterRecord
from common.messaging.origins import Origins
from common.messaging.parked_records import ParkedRecord
from common.messaging.positions import Record, Subject, SubjectPosition

CLOCK_TOLERANCE_MS = 600_000
"""How far the clocks of a sender's replicas may differ before an old sequence looks like a new one."""

Category = Literal["old", "next", "early", "fork"]


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


@dataclass(slots=True)
class Verdicts:
    """What a batch of records comes to. `stopped` are the sources that wait for a person."""

    stopped: set[str]
    ready: list[ReceivedEvent[Event]] = field(default_factory=list)
    early: list[ParkedRecord] = field(default_factory=list)
    letters: list[DeadLetterRecord] = field(default_factory=list)


def decode_all(
    records: Sequence[Record], types: Mapping[str, type[Event]], origins: Origins
) -> tuple[list[DecodedRecord], list[DeadLetterRecord]]:
    """Decode records; those without a valid envelope, or from a wrong source, are dead letters.

    Such a letter has no envelope: what it says about a subject must not move or stop the subject.
    """
    decoded, letters = [], []
    for record in records:
        try:
            envelope = decode_envelope(record.headers)
        except DecodeError as error:
            letters.append(DeadLetterRecord(record, None, "undecodable", str(error)))
            continue
        if (fault := origins.fault(record.topic, envelope)) is not None:
            letters.append(DeadLetterRecord(record, None, WRONG_SOURCE, fault))
        else:
            decoded.append(_decode(record, envelope, types))
    return decoded, letters


def _decode(record: Record, envelope: Envelope, types: Mapping[str, type[Event]]) -> DecodedRecord:
    try:
        return DecodedRecord(record, envelope, decode_event(envelope, record.body or b"", types))
    except DecodeError as error:
        return DecodedRecord(record, envelope, None, str(error))


def classify(
    position: SubjectPosition, sequence: int, is_snapshot: bool, event_id: UUID | None = None
) -> Category:
    """Return whether a record is the next one, a duplicate, too early, or a fork.

    A fork has a sequence that took effect with another event: the same sequence with another id, or
    an older one with an id that was made later than the last event's.
    """
    if sequence <= max(position.sequence, position.dead_sequence or 0):
        return "fork" if _is_fork(position, sequence, event_id) else "old"
    if position.dead_sequence is not None:
        return "early"
    return "next" if is_snapshot or sequence == position.sequence + 1 else "early"


def _is_fork(position: SubjectPosition, sequence: int, event_id: UUID | None) -> bool:
    known = position.event_id
    if known is None or event_id is None or event_id == known or sequence > position.sequence:
        return False
    return (
        sequence == position.sequence or _made_ms(event_id) > _made_ms(known) + CLOCK_TOLERANCE_MS
    )


def _made_ms(event_id: UUID) -> int:
    """Return when an id was made, in milliseconds since 1970: the first 48 bits of a UUIDv7."""
    return event_id.int >> 80 if event_id.version == 7 else 0


def judge(
    decoded: Sequence[DecodedRecord],
    positions: Mapping[Subject, SubjectPosition],
    verdicts: Verdicts,
    *,
    accept_forks: bool = False,
) -> None:
    """Judge records in their order, moving the positions; the results go to `verdicts`.

    A fork stops its source: what that tells afterwards waits. `accept_forks` applies forks, because
    a person has decided so.
    """
    for one in decoded:
        envelope, position = one.envelope, positions[one.subject]
        category = classify(position, envelope.sequence, one.is_snapshot, envelope.id)
        if category == "fork" and not accept_forks:
            verdicts.stopped.add(envelope.source)
            reason = (
                f"{envelope.source} has sent {envelope.subject} number {envelope.sequence} twice"
            )
            verdicts.letters.append(DeadLetterRecord(one.record, envelope, FORK, reason))
        elif category == "early" or (category == "next" and envelope.source in verdicts.stopped):
            verdicts.early.append(ParkedRecord(one.record, envelope))
        elif category in {"next", "fork"} and one.error:
            position.dead_sequence = envelope.sequence
            letter = DeadLetterRecord(one.record, envelope, "undecodable", one.error)
            verdicts.letters.append(letter)
        elif category in {"next", "fork"}:
            position.move_to(max(position.sequence, envelope.sequence), envelope.id)
            if one.received is not None:
                verdicts.ready.append(one.received)
