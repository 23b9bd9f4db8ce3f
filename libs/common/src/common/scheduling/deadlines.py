"""Deadlines: one row per subject and kind, fired exactly once and never early.

Any replica fires. It reads due rows without locks, locks the *aggregates* with SKIP LOCKED, deletes
the rows of the deadlines, carries out the effect and commits. Handlers lock in the same order
(aggregate, then deadline): the opposite order deadlocks.

Lazy rescheduling: `wake_at` is indexed, `due_at` is what counts. A deadline that moves later leaves
the index unchanged and is looked at once too early; only an earlier one changes it (3-5 times
cheaper).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text

from common.persistence.bulk import execute_many, insert_sql, unnest
from common.persistence.database import EARLIEST_DEADLINE, Connection


@dataclass(frozen=True, slots=True)
class Deadline:
    """What should fire: `kind` names the timer, `subject` the aggregate. `due_at` None cancels."""

    kind: str
    subject: UUID
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that fires now. `fired_without_events`: the consumer could not receive events."""

    kind: str
    subject: UUID
    due_at: datetime
    generation: int
    fired_without_events: bool = False


Lock = Callable[[Connection, Sequence[UUID]], Awaitable[set[UUID]]]
Fire = Callable[[Connection, Sequence[Due], datetime], Awaitable[None]]
RecordKeys = Callable[[Connection, Sequence[UUID]], Awaitable[Mapping[UUID, str]]]


@dataclass(frozen=True, slots=True)
class Timer:
    """What happens when deadlines of one kind are due.

    `lock` locks aggregates (`WHERE id = ANY(…) ORDER BY id FOR UPDATE SKIP LOCKED`) and returns the
    locked ids; it must return subjects whose aggregate is gone, too, or they stay due for ever.
    `fire` carries out the effect in the transaction, with the present instant; it may schedule the
    next deadline. `waits_for_consumer`: held back while the consumer is behind, at most 30 s, then
    fired without the events. `record_keys` returns the record key under which the events about each
    subject are published on `topics`: then only what lies in a partition that is behind is held back.
    `periodic`: a job that repeats every few minutes; simulated time does
    not stop for it on the way, it runs once per jump.
    """

    lock: Lock
    fire: Fire
    waits_for_consumer: bool = False
    periodic: bool = False
    record_keys: RecordKeys | None = None
    topics: frozenset[str] = frozenset()


Timers = Mapping[str, Timer]

_SCHEDULED = {"kind": "text", "subject": "uuid", "due_at": "timestamptz"}
_UPSERT = f"""
    INSERT INTO deadlines AS armed (kind, subject, due_at, wake_at)
    SELECT kind, subject, due_at, due_at FROM {unnest(_SCHEDULED, "due")}
    ON CONFLICT (kind, subject) DO UPDATE SET
        due_at = excluded.due_at,
        generation = nextval('deadline_generations'),
        tries = 0,
        problem = NULL,
        wake_at = LEAST(armed.wake_at, excluded.wake_at)
"""
_CANCEL = """
    UPDATE deadlines SET due_at = NULL, generation = nextval('deadline_generations')
    WHERE (kind, subject) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) AND due_at IS NOT NULL
"""


async def schedule(tx: Connection, deadlines: Sequence[Deadline]) -> None:
    """Schedule, move or (due_at None) cancel deadlines. A (kind, subject) once per call."""
    # In sorted order: two transactions with the same deadlines must not wait for each other.
    ordered = sorted(deadlines, key=lambda deadline: (deadline.kind, deadline.subject))
    scheduled = [deadline for deadline in ordered if deadline.due_at is not None]
    cancelled = [deadline for deadline in ordered if deadline.due_at is None]
    if scheduled:
        due = [due_at for deadline in scheduled if (due_at := deadline.due_at)]
        await execute_many(tx, _UPSERT, [(one.kind, one.subject, one.due_at) for one in scheduled])
        tx.info[EARLIEST_DEADLINE] = min(tx.info.get(EARLIEST_DEADLINE) or due[0], *due)
    if cancelled:
        await execute_many(tx, _CANCEL, [(one.kind, one.subject) for one in cancelled])


_INSERT_FIRINGS = insert_sql(
    "firings",
    {
        "generation": "bigint",
        "kind": "text",
        "subject": "uuid",
        "due_at": "timestamptz",
        "fired_at": "timestamptz",
        "lag": "interval",
        "fired_without_events": "boolean",
    },
)
_SUBJECTS = bindparam("subjects", type_=ARRAY(Uuid))
_DELETE_DUE = text(
    """
    DELETE FROM deadlines WHERE kind = :kind AND subject = ANY(:subjects)
        AND wake_at <= :at AND (due_at IS NULL OR due_at <= :at)
    RETURNING subject, due_at, generation
    """
).bindparams(_SUBJECTS)
_DEFER = text(
    """
    UPDATE deadlines SET wake_at = due_at WHERE kind = :kind AND subject = ANY(:subjects)
        AND wake_at <= :at AND due_at > :at
    """
).bindparams(_SUBJECTS)


async def claim_due(
    tx: Connection, kind: str, subjects: Sequence[UUID], at: datetime
) -> tuple[int, list[Due]]:
    """Delete the deadlines due at `at`; correct `wake_at` of those looked at too early.

    Returns how many were corrected or cancelled, and the due ones in the order of time.
    """
    if not subjects:
        return 0, []
    parameters: dict[str, Any] = {"kind": kind, "subjects": list(subjects), "at": at}
    claimed = (await tx.execute(_DELETE_DUE, parameters)).all()
    due = [Due(kind, row.subject, row.due_at, row.generation) for row in claimed if row.due_at]
    # In the order of time, then by id.
    due.sort(key=lambda one: (one.due_at, one.subject))
    deferred = 0
    if len(claimed) < len(subjects):
        deferred = (await tx.execute(_DEFER, parameters)).rowcount
    return deferred + len(claimed) - len(due), due


async def record_firings(tx: Connection, fired: Sequence[Due], at: datetime) -> None:
    """Record firings; the primary key rejects a second one. The last statement of a firing."""
    rows = [
        (
            due.generation,
            due.kind,
            due.subject,
            due.due_at,
            at,
            at - due.due_at,
            due.fired_without_events,
        )
        for due in fired
    ]
    await execute_many(tx, _INSERT_FIRINGS, rows)
