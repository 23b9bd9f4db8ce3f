"""Deadlines: one row per subject and kind, fired exactly once and never early.

Any replica fires. It reads due rows without locks, locks the *aggregates* with SKIP LOCKED, deletes
the rows of the deadlines, carries out the effect and commits. Handlers lock in the same order
(aggregate, then deadline): the opposite order deadlocks.

Lazy rescheduling: `wake_at` is indexed, `due_at` is what counts. A deadline that moves later leaves
the index unchanged and is looked at once too early; only an earlier one changes it (3-5 times
cheaper).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from common.persistence.bulk import (
    Columns,
    column_names,
    execute_many,
    fetch_many,
    transpose,
    unnest,
)
from common.persistence.database import EARLIEST_DEADLINE, Connection, asyncpg_connection
from common.telemetry import traceparent_of


@dataclass(frozen=True, slots=True)
class Deadline:
    """What should fire: `kind` names the timer, `subject` the aggregate. `due_at` None cancels.

    `key` is the record key of the events about it, where it is set while several are handled: the firing
    continues the trace of the one with that key.
    """

    kind: str
    subject: UUID
    due_at: datetime | None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that fires now. `fired_without_events`: the consumer could not receive events.

    `traceparent` is the context of what scheduled it.
    """

    kind: str
    subject: UUID
    due_at: datetime
    generation: int
    fired_without_events: bool = False
    traceparent: str | None = field(default=None, compare=False)


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

_SCHEDULED = {"kind": "text", "subject": "uuid", "due_at": "timestamptz", "traceparent": "text"}
_UPSERT = f"""
    INSERT INTO deadlines AS armed (kind, subject, due_at, traceparent, wake_at)
    SELECT kind, subject, due_at, traceparent, due_at FROM {unnest(_SCHEDULED, "due")}
    ON CONFLICT (kind, subject) DO UPDATE SET
        due_at = excluded.due_at,
        traceparent = excluded.traceparent,
        generation = nextval('deadline_generations'),
        tries = 0,
        problem = NULL,
        wake_at = LEAST(armed.wake_at, excluded.wake_at)
"""
_CANCEL = """
    UPDATE deadlines SET due_at = NULL, generation = nextval('deadline_generations')
    WHERE (kind, subject) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) AND due_at IS NOT NULL
"""
_SCHEDULE_AND_CANCEL = f"""
    WITH cancelled AS ({_CANCEL.replace("$1", "$5").replace("$2", "$6")}) {_UPSERT}
"""
"""Both by one statement: what fires must not wait for the answers of two."""


async def schedule(tx: Connection, deadlines: Sequence[Deadline]) -> None:
    """Schedule, move or (due_at None) cancel deadlines. A (kind, subject) once per call."""
    # In sorted order: two transactions with the same deadlines must not wait for each other.
    ordered = sorted(deadlines, key=lambda deadline: (deadline.kind, deadline.subject))
    scheduled = [
        (one.kind, one.subject, at, traceparent_of(one.key, str(one.subject)))
        for one in ordered
        if (at := one.due_at) is not None
    ]
    cancelled = [(one.kind, one.subject) for one in ordered if one.due_at is None]
    if scheduled and cancelled:
        columns = transpose(scheduled, 4) + transpose(cancelled, 2)
        await (await asyncpg_connection(tx)).execute(_SCHEDULE_AND_CANCEL, *columns)
    else:
        await execute_many(tx, _UPSERT, scheduled)
        await execute_many(tx, _CANCEL, cancelled)
    if scheduled:
        earliest = min(at for _, _, at, _ in scheduled)
        tx.info[EARLIEST_DEADLINE] = min(tx.info.get(EARLIEST_DEADLINE) or earliest, earliest)


_FIRED: Columns = {
    "generation": "bigint",
    "kind": "text",
    "subject": "uuid",
    "due_at": "timestamptz",
    "fired_without_events": "boolean",
}


def _claim_sql(schema: str) -> str:
    """One statement: the moment is that of its start, after the locks, and the same for all its parts."""
    return f"""
    WITH moment AS MATERIALIZED (SELECT {schema}.now() AS at), claimed AS (
        DELETE FROM deadlines USING moment WHERE kind = $1 AND subject = ANY($2::uuid[])
        AND wake_at <= moment.at AND (due_at IS NULL OR due_at <= moment.at)
        RETURNING subject, due_at, generation, traceparent
    ), deferred AS (
        UPDATE deadlines SET wake_at = due_at FROM moment WHERE kind = $1
        AND subject = ANY($2::uuid[]) AND wake_at <= moment.at AND due_at > moment.at RETURNING 1
    )
    SELECT moment.at, (SELECT count(*) FROM deferred) AS deferred, claimed.*
    FROM moment LEFT JOIN claimed ON true
    """


def _record_sql(schema: str) -> str:
    names = column_names(_FIRED)
    return f"""
    INSERT INTO firings ({names}, fired_at, lag)
    SELECT {names}, moment.at, moment.at - due_at
    FROM {unnest(_FIRED, "fired")}, (SELECT {schema}.now() AS at) AS moment
    RETURNING fired_at
    """


@dataclass(frozen=True, slots=True)
class Claim:
    """What is due `at` this moment, in the order of time; `passed`: deadlines that were not."""

    at: datetime
    due: Sequence[Due]
    passed: int


async def claim_due(tx: Connection, kind: str, subjects: Sequence[UUID]) -> Claim:
    """Delete the deadlines that are due by now; correct `wake_at` of those looked at too early.

    Their aggregates are locked: the moment is read after the wait for them.
    """
    claim = _claim_sql(tx.info["schema"])
    rows = await (await asyncpg_connection(tx)).fetch(claim, kind, subjects)
    claimed = [row for row in rows if row["subject"] is not None]
    due = [
        Due(kind, row["subject"], at, row["generation"], traceparent=row["traceparent"])
        for row in claimed
        if (at := row["due_at"])
    ]
    # In the order of time, then by id.
    due.sort(key=lambda one: (one.due_at, one.subject))
    return Claim(rows[0]["at"], due, rows[0]["deferred"] + len(claimed) - len(due))


async def record_firings(tx: Connection, fired: Sequence[Due]) -> datetime:
    """Record firings as of now; the primary key rejects a second one. The last statement of a firing.

    Returns the moment. Raises CheckViolationError for one that is not yet due.
    """
    rows = [
        (one.generation, one.kind, one.subject, one.due_at, one.fired_without_events)
        for one in fired
    ]
    recorded = await fetch_many(tx, _record_sql(tx.info["schema"]), rows)
    at: datetime = recorded[0]["fired_at"]
    return at
