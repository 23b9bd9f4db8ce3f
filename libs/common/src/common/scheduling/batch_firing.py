"""Fires due deadlines: all in one transaction, and apart where that does not succeed.

What waits (for a lock, a connection, a slow disk) or fails is put off alone, so that it heads no
queue. It is put off by its generation: a deadline that was scheduled anew meanwhile keeps its time.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from opentelemetry.trace import SpanKind
from sqlalchemy import text

from common.messaging.trouble import Troubles
from common.persistence.bulk import fetch_many, unnest
from common.persistence.database import Connection, Database
from common.persistence.errors import describe_error, is_transient
from common.scheduling.deadlines import Due, Timers, claim_due, record_firings
from common.telemetry import Cause, batch_span, log_fired, logger, metrics, traceparent_of

log = logger(__name__)

MAX_BATCH_TRIES = 2
"""Tries of a batch that our own trouble hinders, before it is fired one by one."""
BATCH_LOCK_TIMEOUT_S, SINGLE_LOCK_TIMEOUT_S = 2.0, 0.5
"""Seconds that one statement waits for a lock: all other timers wait for it, too."""
MAX_WAITS_PER_KIND = 2
"""Deadlines of a kind that may wait in one go; what blocks them blocks the others likely, too."""
INITIAL_BACKOFF, MAX_BACKOFF = timedelta(seconds=5), timedelta(minutes=10)
"""The pause after an effect failed: doubled each time, up to the maximum."""
INITIAL_WAIT, MAX_WAIT = timedelta(seconds=1), timedelta(seconds=15)
"""The pause after our own trouble hindered it."""

_STILL_WAITING = f"""
    SELECT kind, subject FROM deadlines
    JOIN {unnest({"kind": "text", "subject": "uuid"}, "asked")} USING (kind, subject)
    WHERE problem IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A deadline that was read as due, without a lock. `tries`: how often it was put off.

    `without_events`: it has waited long enough for the consumer.
    """

    kind: str
    subject: UUID
    generation: int
    tries: int
    without_events: bool = False

    @property
    def id(self) -> tuple[str, UUID]:
        return self.kind, self.subject


class BatchFiring:
    """Fires candidates of one replica. Reports in `troubles` what waits."""

    def __init__(self, database: Database, timers: Timers, troubles: Troubles) -> None:
        self.database = database
        self.timers = timers
        self.troubles = troubles
        self._failed_batches = 0
        self._waiting: set[tuple[str, UUID]] = set()
        self._put_off = text(
            f"UPDATE deadlines SET tries = tries + 1, problem = :problem, wake_at ="
            f" {database.schema}.now() + LEAST(CAST(:longest AS interval),"
            " CAST(:pause AS interval) * 2 ^ LEAST(tries, 9))"
            " WHERE kind = :kind AND subject = :subject AND generation = :generation"
        )

    async def fire(self, candidates: Sequence[Candidate]) -> int:
        """Fire what of these is due and not locked. Returns how many are done with.

        Raises what hinders a batch for the first time, and what hinders storing that it is put off.
        """
        fresh = [one for one in candidates if one.tries == 0]
        fired = await self._fire_batch(fresh) if fresh else 0
        # What was put off once is tried alone: it must not take the next batch apart again.
        fired += await self._fire_each([one for one in candidates if one.tries])
        await self._report_waiting()
        return fired

    async def _fire_batch(self, candidates: Sequence[Candidate]) -> int:
        try:
            fired = await self._fire(candidates, BATCH_LOCK_TIMEOUT_S)
        except Exception as error:
            if is_transient(error):
                self._failed_batches += 1
                if self._failed_batches < MAX_BATCH_TRIES:
                    raise
            log.warning(
                "deadlines.taken_apart", error=describe_error(error), deadlines=len(candidates)
            )
            fired = await self._fire_each(candidates)
        self._failed_batches = 0
        return fired

    async def _fire_each(self, candidates: Sequence[Candidate]) -> int:
        fired = 0
        waits: Counter[str] = Counter()
        for candidate in candidates:
            if waits[candidate.kind] >= MAX_WAITS_PER_KIND:
                await self._wait(candidate, f"behind others of {candidate.kind}")
                continue
            try:
                fired += await self._fire([candidate], SINGLE_LOCK_TIMEOUT_S)
            except Exception as error:  # noqa: BLE001 - put off, logged and counted
                if is_transient(error):
                    waits[candidate.kind] += 1
                    await self._wait(candidate, describe_error(error))
                else:
                    await self._reschedule_failed(candidate, error)
        return fired

    async def _fire(self, candidates: Sequence[Candidate], lock_timeout_s: float) -> int:
        by_kind: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            by_kind[candidate.kind].append(candidate)
        async with self.database.transaction(lock_timeout_s=lock_timeout_s) as tx:
            passed = 0
            fired: list[tuple[Due, str]] = []
            for kind in sorted(by_kind):
                passed_of_kind, due = await self._fire_kind(tx, kind, by_kind[kind])
                passed += passed_of_kind
                fired += due
            fired_at = await record_firings(tx, [one for one, _ in fired]) if fired else None
        if fired_at is not None:
            _observe(fired, fired_at)
        return passed + len(fired)

    async def _fire_kind(
        self, tx: Connection, kind: str, candidates: Sequence[Candidate]
    ) -> tuple[int, list[tuple[Due, str]]]:
        """Fire deadlines of one kind. Returns how many were not due, and those that fired with their trace ids."""
        timer = self.timers[kind]
        locked = await timer.lock(tx, sorted(one.subject for one in candidates))
        if not locked:
            return 0, []
        claim = await claim_due(tx, kind, sorted(locked))
        without_events = {one.subject for one in candidates if one.without_events}
        due = [
            replace(one, fired_without_events=one.subject in without_events) for one in claim.due
        ]
        if not due:
            return claim.passed, []
        causes = [Cause(str(one.subject), one.traceparent) for one in due]
        with batch_span(f"deadline {kind}", causes, SpanKind.INTERNAL):
            await timer.fire(tx, due, claim.at)
            traces = [(traceparent_of(cause.name) or "")[3:35] for cause in causes]
        return claim.passed, list(zip(due, traces, strict=True))

    async def _wait(self, candidate: Candidate, problem: str) -> None:
        log.warning(
            "deadline.waits", kind=candidate.kind, subject=str(candidate.subject), problem=problem
        )
        await self._store_put_off(candidate, problem, INITIAL_WAIT, MAX_WAIT)
        self._waiting.add(candidate.id)

    async def _reschedule_failed(self, candidate: Candidate, error: Exception) -> None:
        log.error(
            "deadline.failed",
            kind=candidate.kind,
            subject=str(candidate.subject),
            exc_info=error,
        )
        metrics.DEADLINES_FAILED.labels(candidate.kind).inc()
        await self._store_put_off(candidate, describe_error(error), INITIAL_BACKOFF, MAX_BACKOFF)

    async def _store_put_off(
        self, candidate: Candidate, problem: str, pause: timedelta, longest: timedelta
    ) -> None:
        values: dict[str, Any] = {
            "kind": candidate.kind,
            "subject": candidate.subject,
            "generation": candidate.generation,
        }
        async with self.database.transaction() as tx:
            await tx.execute(
                self._put_off, values | {"problem": problem, "pause": pause, "longest": longest}
            )

    async def _report_waiting(self) -> None:
        """Say what still waits; only what was fired or scheduled anew does not."""
        if self._waiting:
            async with self.database.transaction() as tx:
                rows = await fetch_many(tx, _STILL_WAITING, sorted(self._waiting))
            self._waiting = {(row["kind"], row["subject"]) for row in rows}
        kinds = Counter(kind for kind, _ in self._waiting)
        first = min(self._waiting, default=None)
        self.troubles.update(
            "waiting",
            first
            and f"{', '.join(f'{many} of {kind}' for kind, many in sorted(kinds.items()))} wait for"
            f" our own trouble, among them {first[0]} {first[1]}",
        )


def _observe(fired: Sequence[tuple[Due, str]], at: datetime) -> None:
    for one, trace in fired:
        lag_s = (at - one.due_at).total_seconds()
        log_fired(one.kind, str(one.subject), lag_s, blind=one.fired_without_events, trace_id=trace)
        metrics.DEADLINES_FIRED.labels(one.kind, str(one.fired_without_events).lower()).inc()
        metrics.DEADLINE_LAG_SECONDS.labels(one.kind).observe(lag_s)
