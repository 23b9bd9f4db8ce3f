"""What belongs to a service of all that is on Kafka: its source, its topics, its tables, its numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.events import EVENTS
from common.events.restored import HistoryRestored
from common.persistence.sequenced import NumberSequence, Subjects


@dataclass(frozen=True, slots=True)
class OwnHistory:
    """A service's own history. `restored_events` are the events about losses, by own topic."""

    source: str
    restored_events: Mapping[str, type[HistoryRestored]]
    subjects: Subjects
    numbers: Sequence[NumberSequence] = ()

    @classmethod
    def of(
        cls, service: str, subjects: Subjects, numbers: Sequence[NumberSequence] = ()
    ) -> "OwnHistory":
        """Return the history of a service by its name."""
        source = f"opsdesk/{service}"
        return cls(source, restored_events_of(source), subjects, numbers)


def restored_events_of(source: str) -> dict[str, type[HistoryRestored]]:
    """Return the event about losses for each topic of a source."""
    own = [event for event in EVENTS.values() if event.source == source]
    return {event.topic: event for event in own if issubclass(event, HistoryRestored)}
