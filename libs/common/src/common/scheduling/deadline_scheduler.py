"""The scheduler: fires due deadlines, then sleeps until the next one."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Database, is_transient, transaction_time
from common.scheduling.deadlines import Due, Timers, claim_due, record_firings
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.telemetry import logger, metrics

log = logger(__name__)

MAX_BATCH_DEADLINES = 500
CONSUMER_TIMEOUT_S = 30.0
"""Seconds (real time) that a timer waits for a consumer that is behind."""
POLL_INTERVAL_S = 0.25
"""Seconds between looks without a wake-up: finds what another replica has scheduled."""
COALESCE_INTERVAL_S = 0.02
"""Seconds in which wake-ups become one look; never beyond the next deadline."""
LOCKED_RETRY_DELAY_S = 0.02
"""Seconds until the next look at a due deadline whose aggregate is locked."""
INITIAL_BACKOFF, MAX_BACKOFF = timedelta(seconds=5), timedelta(minutes=10)

_KINDS = bindparam("kinds", type_=ARRAY(Text))


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The result of a look: how many fired, whether more may be due, whether all are locked."""

    fired: int
    has_more: bool
    locked: bool = False


class DeadlineScheduler:
    """The scheduler of one replica.

    `is_behind` says whether the consumer has events to apply. A database that is gone is waited
    for; a deadline whose effect fails is retried alone, with growing delays.
    """

    def __init__(
        self,
        database: Database,
        timers: Timers,
        is_behind: Callable[[], bool] = lambda: False,
        heartbeat: LoopHeartbeat | None = None,
    ) -> None:
        self.database = database
        self.timers = timers
        self.is_behind = is_behind
        self.trouble: str | None = None
        self.heartbeat = heartbeat or LoopHeartbeat()
        self._behind_since: float | None = None
        self._wake = asyncio.Event()
        self._next_scan_at: datetime | None = None
        database.on_deadlines_scheduled.append(self.wake)
        now = f"{database.schema}.now()"
        self._scan = text(
            "SELECT kind, subject, due_at, wake_at, generation FROM deadlines"
            f" WHERE wake_at <= {now} AND kind = ANY(:kinds) ORDER BY wake_at LIMIT {MAX_BATCH_DEADLINES}"
        ).bindparams(_KINDS)
        self._next_due = text(
            f"SELECT {now} AS at, extract(epoch FROM min(wake_at) - {now}) AS pause FROM deadlines"
        )
        self._waits_for_consumer = False

    def wake(self, due_at: datetime) -> None:
        """Look again at once, unless the next look is planned before `due_at` anyway."""
        if self._next_scan_at is None or due_at < self._next_scan_at:
            self._wake.set()

    async def run(self) -> None:
        """Fire deadlines as long as the service runs."""
        while True:
            try:
                await self._scan_and_sleep()
                self.trouble = None
            except Exception as error:
                if not is_transient(error):
                    log.exception("deadlines.failed")
                self.trouble = f"deadlines: {type(error).__name__}"
                await asyncio.sleep(0.5)

    async def _scan_and_sleep(self) -> None:
        self._wake.clear()
        self._next_scan_at = None  # unknown: any deadline may be earlier
        result = await self.fire_due()
        self.heartbeat.beat()
        if result.has_more:
            return
        if self._waits_for_consumer or result.locked:
            # A deadline that waits for the consumer or a lock is due already: the time until the
            # next one would be zero.
            return await self._sleep(LOCKED_RETRY_DELAY_S if result.locked else POLL_INTERVAL_S)
        async with self.database.transaction() as tx:
            at, pause = (await tx.execute(self._next_due)).one()
        seconds = (
            POLL_INTERVAL_S if pause is None else min(POLL_INTERVAL_S, max(0.001, float(pause)))
        )
        self._next_scan_at = at + timedelta(seconds=seconds)
        await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
                # Otherwise many small transactions would each cause a look.
                await asyncio.sleep(COALESCE_INTERVAL_S)

    async def fire_due(self) -> ScanResult:
        """Fire what is due, at most MAX_BATCH_DEADLINES, in one transaction; one by one on failure."""
        kinds, without_events = self._fireable_kinds()
        self._waits_for_consumer = len(kinds) < len(self.timers)
        async with self.database.transaction() as tx:
            rows = (await tx.execute(self._scan, {"kinds": kinds})).all()
        if not rows:
            return ScanResult(0, has_more=False)
        candidates = [(row.kind, row.subject) for row in rows]
        try:
            fired = await self._fire(candidates, without_events)
        except Exception as error:
            if is_transient(error):
                raise
            fired = await self._fire_each(candidates, without_events)
        return ScanResult(fired, has_more=fired > 0, locked=fired == 0)

    def _fireable_kinds(self) -> tuple[list[str], bool]:
        """Return the kinds that may fire now, and whether they fire without waiting for events."""
        if not self.is_behind():
            self._behind_since = None
            return list(self.timers), False
        now = asyncio.get_running_loop().time()
        self._behind_since = self._behind_since or now
        if now - self._behind_since >= CONSUMER_TIMEOUT_S:
            return list(self.timers), True
        return [k for k, timer in self.timers.items() if not timer.waits_for_consumer], False

    async def _fire_each(self, candidates: Sequence[tuple[str, UUID]], without_events: bool) -> int:
        fired = 0
        for candidate in candidates:
            try:
                fired += await self._fire([candidate], without_events)
            except Exception as error:
                if is_transient(error):
                    raise
                log.exception("deadline.failed", kind=candidate[0], subject=str(candidate[1]))
                await self._reschedule_failed(candidate, error)
        return fired

    async def _fire(self, candidates: Sequence[tuple[str, UUID]], without_events: bool) -> int:
        subjects: dict[str, list[UUID]] = defaultdict(list)
        for kind, subject in candidates:
            subjects[kind].append(subject)
        async with self.database.transaction() as tx:
            claimed = 0
            fired: list[Due] = []
            for kind in sorted(subjects):
                locked = await self.timers[kind].lock(tx, sorted(subjects[kind]))
                at = await transaction_time(tx)
                deferred, due = await claim_due(tx, kind, sorted(locked), at)
                claimed += deferred + len(due)
                if due:
                    fired_without_events = without_events and self.timers[kind].waits_for_consumer
                    due = [replace(one, fired_without_events=fired_without_events) for one in due]
                    await self.timers[kind].fire(tx, due, at)
                    fired += due
            fired_at = await transaction_time(tx)
            if fired:
                await record_firings(tx, fired, fired_at)
        _observe(fired, fired_at)
        return claimed

    async def _reschedule_failed(self, candidate: tuple[str, UUID], error: Exception) -> None:
        """Try a deadline again later, so that it does not block the queue."""
        metrics.DEADLINES_FAILED.labels(candidate[0]).inc()
        async with self.database.transaction() as tx:
            await tx.execute(
                text(
                    f"UPDATE deadlines SET tries = tries + 1, problem = :problem, wake_at ="
                    f" {self.database.schema}.now() + LEAST(CAST(:longest AS interval),"
                    " CAST(:pause AS interval) * 2 ^ LEAST(tries, 9))"
                    " WHERE kind = :kind AND subject = :subject"
                ),
                {
                    "kind": candidate[0],
                    "subject": candidate[1],
                    "problem": type(error).__name__,
                    "pause": INITIAL_BACKOFF,
                    "longest": MAX_BACKOFF,
                },
            )


def _observe(fired: Sequence[Due], at: datetime) -> None:
    for one in fired:
        metrics.DEADLINES_FIRED.labels(one.kind, str(one.fired_without_events).lower()).inc()
        metrics.DEADLINE_LAG_SECONDS.labels(one.kind).observe((at - one.due_at).total_seconds())
