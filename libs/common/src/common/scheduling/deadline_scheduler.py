"""Fires deadlines: reads what is due, locks, decides, commits; then sleeps until the next one."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Text, bindparam, text

from common.persistence.database import Database, moment, passing
from common.scheduling.deadlines import Due, Timers, record_fired, take
from common.scheduling.loop_heartbeat import Pulse
from common.telemetry import logger, metrics

log = logger(__name__)

BATCH = 500
PATIENCE = 30.0  # seconds (real time) for which a timer waits for a consumer that is behind
POLL = 0.25  # seconds between looks when nothing wakes: finds what another replica has armed
GATHER = 0.02  # seconds in which wake-ups become one look; never beyond the next due
LOCKED = 0.02  # seconds that a due deadline is left to who holds its aggregate's lock
BACK_OFF, LONGEST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=10)

_KINDS = bindparam("kinds", type_=ARRAY(Text))


@dataclass(frozen=True, slots=True)
class Round:
    """What one look brought: how many fired, whether more may be due, or all of it is locked."""

    fired: int
    more: bool
    locked: bool = False


class Timekeeper:
    """The timers of one replica of a service.

    `behind` says whether events are still unheard; `run` goes on until cancelled. A database that
    is gone is waited for; an effect that fails is retried alone, later and later.
    """

    def __init__(
        self, database: Database, timers: Timers, behind: Callable[[], bool] = lambda: False
    ) -> None:
        self.database = database
        self.timers = timers
        self.behind = behind
        self.trouble: str | None = None
        self.pulse = Pulse()
        self._behind_since: float | None = None
        self._wake = asyncio.Event()
        self._looks_at: datetime | None = None
        database.on_armed.append(self.wake)
        now = f"{database.schema}.now()"
        self._scan = text(
            "SELECT kind, subject, due_at, wake_at, generation FROM deadlines"
            f" WHERE wake_at <= {now} AND kind = ANY(:kinds) ORDER BY wake_at LIMIT {BATCH}"
        ).bindparams(_KINDS)
        self._next = text(
            f"SELECT {now} AS at, extract(epoch FROM min(wake_at) - {now}) AS pause FROM deadlines"
        )
        self._held_back = False

    def wake(self, due_at: datetime) -> None:
        """Something is due then, or time has jumped beyond it: look now, if we would not by then."""
        if self._looks_at is None or due_at < self._looks_at:
            self._wake.set()

    async def run(self) -> None:
        """Fire what falls due, for as long as the service runs."""
        while True:
            try:
                await self._tick()
                self.trouble = None
            except Exception as error:
                if not passing(error):
                    log.exception("deadlines.failed")
                self.trouble = f"deadlines: {type(error).__name__}"
                await asyncio.sleep(0.5)

    async def _tick(self) -> None:
        self._wake.clear()
        self._looks_at = None  # until it is known, whatever is armed may be nearer
        done = await self.fire_due()
        self.pulse.looked()
        if done.more:
            return
        if self._held_back or done.locked:
            # What is due waits for the consumer, or for who holds the lock: asking when the next
            # one is due would never pause.
            return await self._sleep(LOCKED if done.locked else POLL)
        async with self.database.transaction() as tx:
            at, pause = (await tx.execute(self._next)).one()
        seconds = POLL if pause is None else min(POLL, max(0.001, float(pause)))
        self._looks_at = at + timedelta(seconds=seconds)
        await self._sleep(seconds)

    async def _sleep(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._wake.wait()
                # Who arms for now with every poll would have us look more often than they commit.
                await asyncio.sleep(GATHER)

    async def fire_due(self) -> Round:
        """One look: everything due now, at most BATCH, in one transaction; alone what fails."""
        kinds, blind = self._kinds()
        self._held_back = len(kinds) < len(self.timers)
        async with self.database.transaction() as tx:
            found = (await tx.execute(self._scan, {"kinds": kinds})).all()
        if not found:
            return Round(0, more=False)
        candidates = [(row.kind, row.subject) for row in found]
        try:
            fired = await self._fire(candidates, blind)
        except Exception as error:
            if passing(error):
                raise
            fired = await self._one_by_one(candidates, blind)
        return Round(fired, more=fired > 0, locked=fired == 0)

    def _kinds(self) -> tuple[list[str], bool]:
        """The kinds that may fire now, and whether those that wait for events fire blind."""
        if not self.behind():
            self._behind_since = None
            return list(self.timers), False
        now = asyncio.get_running_loop().time()
        self._behind_since = self._behind_since or now
        if now - self._behind_since >= PATIENCE:
            return list(self.timers), True
        return [k for k, timer in self.timers.items() if not timer.waits_for_consumer], False

    async def _one_by_one(self, candidates: Sequence[tuple[str, UUID]], blind: bool) -> int:
        fired = 0
        for candidate in candidates:
            try:
                fired += await self._fire([candidate], blind)
            except Exception as error:
                if passing(error):
                    raise
                log.exception("deadline.failed", kind=candidate[0], subject=str(candidate[1]))
                await self._put_off(candidate, error)
        return fired

    async def _fire(self, candidates: Sequence[tuple[str, UUID]], blind: bool) -> int:
        subjects: dict[str, list[UUID]] = defaultdict(list)
        for kind, subject in candidates:
            subjects[kind].append(subject)
        async with self.database.transaction() as tx:
            taken = 0
            fired: list[Due] = []
            for kind in sorted(subjects):
                locked = await self.timers[kind].lock(tx, sorted(subjects[kind]))
                at = await moment(tx)
                moved, due = await take(tx, kind, sorted(locked), at)
                taken += moved + len(due)
                if due:
                    late = blind and self.timers[kind].waits_for_consumer
                    due = [replace(one, blind=late) for one in due]
                    await self.timers[kind].fire(tx, due, at)
                    fired += due
            fired_at = await moment(tx)
            if fired:
                await record_fired(tx, fired, fired_at)
        _measure(fired, fired_at)
        return taken

    async def _put_off(self, candidate: tuple[str, UUID], error: Exception) -> None:
        """Try a deadline again later, so that it never heads the queue for ever."""
        metrics.FIRING_FAILED.labels(candidate[0]).inc()
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
                    "pause": BACK_OFF,
                    "longest": LONGEST_BACK_OFF,
                },
            )


def _measure(fired: Sequence[Due], at: datetime) -> None:
    for one in fired:
        metrics.FIRED.labels(one.kind, str(one.blind).lower()).inc()
        metrics.FIRING_LAG_SECONDS.labels(one.kind).observe((at - one.due_at).total_seconds())
