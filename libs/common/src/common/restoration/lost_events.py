"""Which of the published events a service does not know. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from common.messaging.classification import classify
from common.messaging.positions import SubjectPosition
from common.restoration.own_records import OwnRecord
from common.restoration.unsent import UnsentEvents, sequences_without

MAX_EVENTS = 50
"""Lost events of one subject that are listed, at most."""


@dataclass(frozen=True, slots=True)
class LostEvent:
    """A published event that its sender does not know: `type` at `at`."""

    sequence: int
    type: str
    at: str


@dataclass(slots=True)
class LostHistory:
    """The published events of a subject that its sender does not know.

    `stored_sequence` is 0 and `exists` false where it does not know the subject. `events` are
    the first of them. `key` is that of the last record, `name` what people call the subject.
    `forked_sequence`: up to where sequences stand for two events, because the service has run
    after the restore.
    """

    subject: str
    topic: str
    exists: bool
    stored_sequence: int
    published_sequence: int = 0
    key: str = ""
    name: str | None = None
    forked_sequence: int | None = None
    events: list[LostEvent] = field(default_factory=list)


class LostEvents:
    """Collects what is lost while records are added, partition by partition in their order.

    `sent_ids` are the events that the outbox has, and Kafka as well.
    """

    def __init__(self) -> None:
        self.sent_ids: set[UUID] = set()
        self.histories: dict[str, LostHistory] = {}
        self._positions: dict[str, SubjectPosition] = {}

    def add(
        self,
        records: Sequence[OwnRecord],
        stored: Mapping[str, int],
        names: Mapping[str, str],
        unsent: UnsentEvents,
    ) -> None:
        """Add records, with the stored sequences, the names and the unsent events of their subjects."""
        self.sent_ids |= {one.id for one in records if one.id in unsent.get(one.subject, {})}
        remaining = {
            subject: {id: at for id, at in events.items() if id not in self.sent_ids}
            for subject, events in unsent.items()
        }
        stored = sequences_without(stored, remaining)
        for record in records:
            is_fork = self._is_fork(record)
            if is_fork or record.sequence > stored.get(record.subject, 0):
                self._add(record, stored.get(record.subject), names.get(record.subject), is_fork)
            elif found := self.histories.get(record.subject):
                found.published_sequence = max(found.published_sequence, record.sequence)

    def _is_fork(self, record: OwnRecord) -> bool:
        position = self._positions.setdefault(record.subject, SubjectPosition(None, 0, None))
        category = classify(position, record.sequence, is_snapshot=True, event_id=record.id)
        if category != "old":
            position.move_to(max(position.sequence, record.sequence), record.id)
        return category == "fork"

    def _add(self, record: OwnRecord, stored: int | None, name: str | None, is_fork: bool) -> None:
        found = self.histories.setdefault(
            record.subject,
            LostHistory(record.subject, record.topic, stored is not None, stored or 0),
        )
        if is_fork:
            found.forked_sequence = max(found.forked_sequence or 0, record.sequence)
        if record.sequence >= found.published_sequence:
            found.published_sequence, found.key = record.sequence, record.key
        found.name = name or found.name
        event = LostEvent(record.sequence, record.type, record.at)
        if len(found.events) < MAX_EVENTS and event not in found.events:
            found.events.append(event)
