"""The history checker: holds what callers were told against what is in the schemas and on the topics.

Pure: it is given everything and reads nothing, so it is tested itself, by seeded faults.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

PROMISES = frozenset({"first_response", "resolution"})
"""The clocks that a ticket of the load has."""


@dataclass(frozen=True, slots=True)
class Opening:
    """One request to open a ticket. `ticket` is what the answer named; None: no answer, or a refusal.

    `nothing_stored`: each time that it was sent an answer came, and said that nothing is stored (4xx, 503). False where
    any answer is missing or says that it is not known (504): then it may be there.
    """

    idempotency_key: str
    ticket: str | None
    nothing_stored: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """A ticket as intake has it: its id, and the Idempotency-Key under which it was asked for."""

    ticket: str
    key: str


@dataclass(frozen=True, slots=True)
class Firing:
    """A deadline that fired, as sla recorded it."""

    subject: str
    kind: str
    due_at: datetime
    fired_at: datetime


@dataclass(frozen=True, slots=True)
class SentEvent:
    """One record on a main topic, in the order of its partition."""

    source: str
    subject: str
    sequence: int
    id: str
    type: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """All that is known after a run. `sequences`: each aggregate's own count, by subject.

    `lost`: the subjects that a restored service lists as unknown to it (`restored list`).
    """

    openings: Sequence[Opening]
    tickets: Sequence[Stored]
    clocks: Sequence[tuple[str, str]]
    firings: Sequence[Firing]
    events: Sequence[SentEvent]
    sequences: Mapping[str, int]
    unsent: Mapping[str, int] = field(default_factory=dict)
    parked: int = 0
    dead: int = 0
    lost: frozenset[str] = frozenset()


def find_faults(history: History) -> list[str]:
    """Every promise that the history breaks, a sentence each; an empty list is what we want."""
    return [
        *_tickets(history),
        *_clocks(history),
        *_firings(history),
        *_stream(history),
        *_rows(history),
        *_left_over(history),
    ]


def _tickets(history: History) -> Iterator[str]:
    stored = Counter(row.ticket for row in history.tickets)
    by_key = Counter(row.key for row in history.tickets)
    asked = {opening.idempotency_key for opening in history.openings}
    for opening in history.openings:
        if opening.nothing_stored and by_key[opening.idempotency_key]:
            yield f"request {opening.idempotency_key} was told that nothing is stored, and is there"
        if opening.ticket is None or f"ticket/{opening.ticket}" in history.lost:
            continue
        if stored[opening.ticket] != 1:
            yield f"ticket {opening.ticket} was acknowledged and is there {stored[opening.ticket]}x"
    for key, times in by_key.items():
        if times > 1:
            yield f"request {key} made {times} tickets"
        if key not in asked:
            yield f"a ticket is there for request {key}, which nobody sent"


def _clocks(history: History) -> Iterator[str]:
    have = Counter(history.clocks)
    for row in history.tickets:
        for metric in sorted(PROMISES):
            if have[row.ticket, metric] != 1:
                yield f"ticket {row.ticket} has {have[row.ticket, metric]} {metric} clocks"


def _firings(history: History) -> Iterator[str]:
    fired = Counter((one.kind, one.subject, one.due_at) for one in history.firings)
    for (kind, subject, due_at), times in fired.items():
        if times > 1:
            yield f"{kind} of {subject}, due {due_at}, fired {times} times"
    for one in history.firings:
        if one.fired_at < one.due_at:
            yield f"{one.kind} of {one.subject} fired {one.due_at - one.fired_at} early"


def _stream(history: History) -> Iterator[str]:
    """What a subscriber sees who drops what it has seen: 1, 2, 3 … for every subject."""
    last: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str, int], SentEvent] = {}
    for event in history.events:
        subject = (event.source, event.subject)
        known = first.setdefault((*subject, event.sequence), event)
        if (known.id, known.body) != (event.id, event.body):
            yield f"{event.subject} {event.sequence} stands for two different events"
        if event.sequence <= last.get(subject, 0):
            continue
        if event.sequence != last.get(subject, 0) + 1:
            yield f"{event.subject} jumps from {last.get(subject, 0)} to {event.sequence}"
        last[subject] = event.sequence


def _rows(history: History) -> Iterator[str]:
    """No event without its row, and no row without its event."""
    highest: dict[str, int] = {}
    for one in history.events:
        highest[one.subject] = max(highest.get(one.subject, 0), one.sequence)
    for subject, sequence in history.sequences.items():
        if highest.get(subject, 0) != sequence:
            yield f"{subject} stands at {sequence}, its last event is {highest.get(subject, 0)}"
    for subject in sorted(highest.keys() - history.sequences.keys() - history.lost):
        if subject.partition("/")[0] in {"ticket", "clock", "escalation", "delivery"}:
            yield f"{subject} is told of and is nowhere"


def _left_over(history: History) -> Iterator[str]:
    for schema, rows in history.unsent.items():
        if rows:
            yield f"{schema} still has {rows} events unsent"
    if history.parked:
        yield f"{history.parked} records are still parked"
    if history.dead:
        yield f"{history.dead} records were put aside"
