"""The scheduler: fires due deadlines, then sleeps until the next one."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.messaging.trouble import Troubles
from common.persistence.database import Database
from common.persistence.errors import describe_error, is_transient
from common.persistence.single_statement import fetch_alone
from common.scheduling.batch_firing import BatchFiring, Candidate
from common.scheduling.deadlines import Timers
from common.scheduling.event_waits import EventWaits
from common.scheduling.loop_heartbeat import LoopHeartbeat
from common.telemetry import logger, metrics

log = logger(__name__)

MAX_BATCH_DEADLINES = 500
POLL_INTERVAL_S = 0.25
"""Seconds between looks without a wake-up: finds what another replica has scheduled."""
COALESCE_INTERVAL_S = 0.02
"""Seconds in which wake-ups become one look; never beyond the next deadline."""
LOCKED_RETRY_DELAY_S = 0.02
"""Seconds until the next look at a due deadline whose aggregate is locked."""
RETRY_DELAY_S = 0.5
"""Seconds until the next try after our own trouble."""
MAX_PAGES = 20
"""Pages of due deadlines in one look: more are locked by others at a time hardly ever."""

LOOK_AHEAD_MS = 10
"""Milliseconds ahead within which deadlines are taken along by a look that finds others due: they become
due while these are locked, and would wait for the whole batch. Claimed is only what is due then."""

_CANDIDATE = ("kind", "subject", "generation", "tries")


@dataclass(frozen=True, slots=True)
class NextDue:
    """The moment `at` which nothing was due, and the seconds until something is; None: nothing is."""

    at: datetime
    pause_s: float | None


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The result of a look: how many fired, whether more may be due, whether all are locked.

    `next_due`: where nothing was due.
    """

    fired: int
    has_more: bool
    locked: bool = False
    next_due: NextDue | None = None


class DeadlineScheduler:
    """The scheduler of one replica.

    `is_behind` says whether the consumer has events to apply, of everything or (key, topics). A database that is gone is waited
    for; a deadline whose effect fails is retried alone, with growing delays.
    """

    def __init__(
        self,
        database: Database,
        timers: Timers,
        is_behind: Callable[..., bool] = lambda *_: False,
        heartbeat: LoopHeartbeat | None = None,
    ) -> None:
        self.database = database
        self.timers = timers
        self._troubles = Troubles("deadlines")
        self._event_waits = EventWaits(timers, is_behind)
        self._firing = BatchFiring(database, timers, self._troubles)
        self.heartbeat = heartbeat or LoopHeartbeat()
        self._wake = asyncio.Event()
        self._next_scan_at: datetime | None = None
        database.on_deadlines_scheduled.append(self.wake)
        self._scan = _scan_sql(database.schema)
        self._waits_for_consumer = False
        for kind in timers:
            # There before the first one: Prometheus sees no increase in a counter that begins with 1.
            metrics.DEADLINES_FIRED.labels(kind, "true")

    @property
    def trouble(self) -> str | None:
        """What waits and since when; cleared only by progress."""
        return self._troubles.text

    def wake(self, due_at: datetime) -> None:
        """Look again at once, unless the next look is planned before `due_at` anyway."""
        if self._next_scan_at is None or due_at < self._next_scan_at:
            self._wake.set()

    async def run(self) -> None:
        """Fire deadlines as long as the service runs."""
        while True:
            try:
                await self._scan_and_sleep()
                self._troubles.clear("loop")
            except Exception as error:
                if not is_transient(error):
                    log.exception("deadlines.failed")
                self._troubles.report("loop", describe_error(error))
                await asyncio.sleep(RETRY_DELAY_S)

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
        if result.next_due is None:
            return
        pause_s = result.next_due.pause_s
        seconds = POLL_INTERVAL_S if pause_s is None else min(POLL_INTERVAL_S, max(0.001, pause_s))
        self._next_scan_at = result.next_due.at + timedelta(seconds=seconds)
        await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
                # Otherwise many small transactions would each cause a look.
                await asyncio.sleep(COALESCE_INTERVAL_S)

    async def fire_due(self) -> ScanResult:
        """Fire what is due, MAX_BATCH_DEADLINES in one transaction, beyond those that are locked."""
        kinds = self._event_waits.begin()
        fired = passed_over = waiting = 0
        next_due = None
        for _ in range(MAX_PAGES):
            due, ready, next_due = await self._read_due(kinds, passed_over)
            if ready:
                fired += (done := await self._firing.fire(ready))
                passed_over -= done
            passed_over += len(due)
            waiting += len(due) - len(ready)
            if len(due) < MAX_BATCH_DEADLINES:
                break
        self._waits_for_consumer = waiting > 0 or len(kinds) < len(self.timers)
        locked = fired == 0 and passed_over > waiting
        return ScanResult(fired, has_more=fired > 0, locked=locked, next_due=next_due)

    async def _read_due(
        self, kinds: Sequence[str], passed_over: int
    ) -> tuple[list[Candidate], list[Candidate], NextDue | None]:
        """Return a page of what is due, and what of it need not wait for events; else what is next."""
        *page, last = await fetch_alone(
            self.database, self._scan, kinds, passed_over, list(self.timers)
        )
        at = last["at"]
        if not any(row["wake_at"] <= at for row in page):
            upcoming = [row["wake_at"] for row in (*page, last) if row["wake_at"] is not None]
            return [], [], NextDue(at, (min(upcoming) - at).total_seconds() if upcoming else None)
        due = [Candidate(*(row[name] for name in _CANDIDATE)) for row in page]
        return due, await self._event_waits.release(self.database, due), None


def _scan_sql(schema: str) -> str:
    """A page of what is due; in the last row the moment, and when the first of all others is due."""
    soon = f"{schema}.now() + interval '{LOOK_AHEAD_MS} milliseconds'"
    # Those of a kind that this version does not know are due for ever.
    return f"""
    (SELECT {", ".join(_CANDIDATE)}, wake_at, {schema}.now() AS at FROM deadlines
    WHERE wake_at <= {soon} AND kind = ANY($1::text[]) ORDER BY wake_at
    LIMIT {MAX_BATCH_DEADLINES} OFFSET $2)
    UNION ALL SELECT NULL, NULL, NULL, NULL, min(wake_at), {schema}.now() FROM deadlines
    WHERE wake_at > {soon} AND kind = ANY($3::text[])
    """
