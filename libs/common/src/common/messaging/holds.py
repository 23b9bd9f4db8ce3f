"""Which destinations Kafka does not take events for at present, since when, and when to try again.

Pure bookkeeping of the relay's leader; the rows that wait are marked in the outbox. One sick
partition or missing topic holds its own events and no others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

INITIAL_PAUSE_S, MAX_PAUSE_S = 0.5, 30.0
"""Seconds until a held destination is tried again: doubled each time, up to the maximum."""
KEY_PAUSE_S = 300.0
"""Seconds until a key is tried again whose event Kafka refuses for good."""


class Destination(NamedTuple):
    """What is held as a whole: a topic, one partition of it, or one key."""

    topic: str
    partition: int | None = None
    key: str | None = None

    @property
    def held_by(self) -> str:
        """The destination within its topic, as the outbox marks the rows that wait for it."""
        if self.key is not None:
            return "key"
        return "topic" if self.partition is None else f"partition {self.partition}"

    @classmethod
    def parse(cls, topic: str, held_by: str, key: str) -> "Destination":
        """Return the destination that a marked row waits for."""
        if held_by == "key":
            return cls(topic, key=key)
        _, _, number = held_by.partition(" ")
        return cls(topic, int(number) if number else None)


@dataclass(slots=True)
class Hold:
    """Why a destination is held. `retry_at` is on the clock of the event loop.

    `failures` is 0 as long as a send is only slow. `is_over`: the last try succeeded.
    """

    since: datetime
    problem: str
    retry_at: float
    failures: int = 0
    is_over: bool = False


class Holds:
    """The destinations that are held."""

    def __init__(self) -> None:
        self._holds: dict[Destination, Hold] = {}
        self._topics: set[str] = set()

    def __contains__(self, destination: Destination) -> bool:
        return destination in self._holds

    def __getitem__(self, destination: Destination) -> Hold:
        return self._holds[destination]

    def __iter__(self) -> Iterator[tuple[Destination, Hold]]:
        return iter(self._holds.items())

    def blocking(self, topic: str, partition: int | None, key: str) -> Destination | None:
        """Return what an event has to wait for: its key, its topic or its partition."""
        if topic not in self._topics:
            return None
        destinations = (
            Destination(topic, key=key),
            Destination(topic),
            Destination(topic, partition),
        )
        return next((one for one in destinations if one in self._holds), None)

    def add(self, destination: Destination, problem: str, since: datetime, retry_at: float) -> Hold:
        """Hold a destination; one that is held stays so since before."""
        hold = self._holds.setdefault(destination, Hold(since, problem, retry_at))
        hold.problem, hold.retry_at = problem, retry_at
        self._topics.add(destination.topic)
        return hold

    def fail(self, destination: Destination, problem: str, at: datetime, loop_time: float) -> Hold:
        """Hold a destination after a failed try, with a longer pause each time."""
        hold = self.add(destination, problem, at, loop_time)
        pause = min(MAX_PAUSE_S, INITIAL_PAUSE_S * 2 ** min(hold.failures, 16))
        hold.retry_at += KEY_PAUSE_S if destination.key is not None else pause
        hold.failures += 1
        hold.is_over = False
        return hold

    def succeed(self, destination: Destination) -> None:
        """Let a destination be tried again at once: its last try succeeded, more may wait."""
        if hold := self._holds.get(destination):
            hold.retry_at, hold.is_over = float("-inf"), True

    def release(self, destination: Destination) -> Hold:
        """Hold a destination no longer."""
        hold = self._holds.pop(destination)
        self._topics = {held.topic for held in self._holds}
        return hold

    def due(self, loop_time: float) -> list[Destination]:
        """Return what is to be tried now, the longest due first."""
        due = [(hold.retry_at, one) for one, hold in self if hold.retry_at <= loop_time]
        return [one for _, one in sorted(due, key=lambda pair: pair[0])]

    def describe(self) -> str | None:
        """Say what is held and since when, for readiness; None where nothing failed.

        A refused key is no trouble of the relay: it is counted, and waits for a person.
        """
        failed = [(one, h) for one, h in self if h.failures and one.key is None]
        return (
            "; ".join(
                f"{one.topic} {one.held_by if one.partition is not None else '(whole topic)'}"
                f" since {hold.since:%Y-%m-%dT%H:%M:%SZ} ({hold.problem})"
                for one, hold in sorted(failed, key=lambda pair: (pair[0].topic, pair[0].held_by))
            )
            or None
        )
