"""Which due deadlines wait because events about their subject may not be applied yet.

A timer that fires on incomplete knowledge fires wrongly. It waits for the consumer, but not for ever:
after CONSUMER_TIMEOUT_S it fires all the same, marked. Where a timer names the record keys of its
subjects, one partition in trouble makes only those wait whose events lie there.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

from common.persistence.database import Connection, Database
from common.scheduling.batch_firing import Candidate
from common.scheduling.deadlines import Timer, Timers

CONSUMER_TIMEOUT_S = 30.0
"""Seconds (real time) that a timer waits for a consumer that is behind."""


class EventWaits:
    """The waits of one replica. `is_behind` answers as `Consumer.is_behind` does."""

    def __init__(self, timers: Timers, is_behind: Callable[..., bool]) -> None:
        self.timers = timers
        self.is_behind = is_behind
        self._any_behind = False
        self._since: dict[Hashable, float] = {}
        self._seen: set[Hashable] = set()

    def begin(self) -> list[str]:
        """Begin a look. Returns the kinds to read: all but those that wait as a whole."""
        self._since = {one: since for one, since in self._since.items() if one in self._seen}
        self._seen = set()
        self._any_behind = self.is_behind()
        return [
            kind for kind, timer in self.timers.items() if not self._waits_as_a_whole(kind, timer)
        ]

    async def release(self, database: Database, candidates: Sequence[Candidate]) -> list[Candidate]:
        """Return those that may fire now, in the same order; `without_events` after their time."""
        if not self._any_behind:
            return list(candidates)
        async with database.transaction() as tx:
            behind = await self._behind(tx, candidates)
        return [
            replace(one, without_events=one.id in behind)
            for one in candidates
            if one.id not in behind or self._has_waited(one.id)
        ]

    def _waits_as_a_whole(self, kind: str, timer: Timer) -> bool:
        waits = self._any_behind and timer.waits_for_consumer and timer.record_keys is None
        return waits and not self._has_waited(kind)

    async def _behind(self, tx: Connection, candidates: Sequence[Candidate]) -> set[Hashable]:
        by_kind: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in candidates:
            if self.timers[candidate.kind].waits_for_consumer:
                by_kind[candidate.kind].append(candidate)
        behind: set[Hashable] = set()
        for kind, waiting in by_kind.items():
            timer = self.timers[kind]
            if timer.record_keys is None:
                # Read at all only when the kind has waited long enough.
                behind |= {one.id for one in waiting}
                self._since |= dict.fromkeys((one.id for one in waiting), float("-inf"))
                continue
            keys = await timer.record_keys(tx, [one.subject for one in waiting])
            behind |= {
                one.id
                for one in waiting
                if one.subject in keys and self.is_behind(keys[one.subject], timer.topics)
            }
        return behind

    def _has_waited(self, what: Hashable) -> bool:
        now = asyncio.get_running_loop().time()
        self._seen.add(what)
        return now - self._since.setdefault(what, now) >= CONSUMER_TIMEOUT_S
