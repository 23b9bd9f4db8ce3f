"""Posts of one monitor are stored and processed together with all that came while the last ones were.

Only one post of a monitor can be processed at a time, or a group could open two tickets. Without this
queue each of a storm's posts would hold a connection while it waits for the one before.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from common.domain import Rejection
from common.errors import Overloaded
from common.persistence.database import Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from common.telemetry import logger
from intake.alerts.commands import RETRY_KIND, Outcomes, ProcessedPost, process
from intake.alerts.store import posts
from intake.alerts.store.posts import StoredPost

log = logger(__name__)

RETRY_DELAY: Final = timedelta(seconds=30)
"""How long after it was stored an unprocessed post is processed again."""
MAX_BATCH_POSTS: Final = 250
MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
MAX_QUEUED_BYTES: Final = 64 * 1024 * 1024
"""What all monitors' posts that wait may have together; more are answered 503, and sent again."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post that is not stored yet; `source` and `address` are its path."""

    source: str
    address: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class PostOutcome:
    """The id of a stored post, and what became of it; None while it is not processed."""

    id: UUID
    outcome: ProcessedPost | Rejection | None


@dataclass(slots=True, eq=False)
class _Pending:
    post: NewPost
    result: "asyncio.Future[PostOutcome]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class PostQueue:
    """The posts that wait, by monitor, and the task that works each monitor's; one in each process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queues: dict[str, deque[_Pending]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._queued_bytes = 0

    async def submit(self, monitor: str, post: NewPost) -> PostOutcome:
        """Store a post and process it. A caller who goes away does not undo it.

        Raises Overloaded, or what kept the post from being stored.
        """
        if self._queued_bytes + len(post.raw) > MAX_QUEUED_BYTES:
            raise Overloaded(1)
        pending = _Pending(post)
        self._queued_bytes += len(post.raw)
        if monitor in self._queues:
            self._queues[monitor].append(pending)
        else:
            self._queues[monitor] = deque([pending])
            task = asyncio.create_task(self._work(monitor), name=f"alert-posts-{monitor}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await pending.result

    async def _work(self, monitor: str) -> None:
        queue = self._queues[monitor]
        while queue:
            batch = _next_batch(queue)
            try:
                await self._store_and_process(monitor, batch)
            finally:
                self._queued_bytes -= sum(len(one.post.raw) for one in batch)
        del self._queues[monitor]

    async def _store_and_process(self, monitor: str, batch: Sequence[_Pending]) -> None:
        """Finish or fail each post, whatever happens."""
        try:
            ids = await self._store(monitor, [one.post for one in batch])
        except Exception as error:  # noqa: BLE001 (raised to the callers who wait)
            for one in batch:
                if not one.result.done():
                    one.result.set_exception(error)
            return
        outcomes = await self._process(ids)
        for one, id in zip(batch, ids, strict=True):
            if not one.result.done():
                one.result.set_result(PostOutcome(id, outcomes.get(id)))

    async def _store(self, monitor: str, batch: Sequence[NewPost]) -> list[UUID]:
        """Commit the posts as they came, before they are processed. Their ids."""
        async with self.database.transaction() as tx:
            at = await transaction_time(tx)
            stored = [
                StoredPost(uuid7(), one.source, one.address, monitor, one.raw, at) for one in batch
            ]
            await posts.add_posts(tx, stored)
            await schedule(tx, [Deadline(RETRY_KIND, one.id, at + RETRY_DELAY) for one in stored])
        return [one.id for one in stored]

    async def _process(self, ids: Sequence[UUID]) -> Outcomes:
        """Process stored posts; one by one where that fails, so that none fails its neighbours."""
        try:
            async with self.database.transaction() as tx:
                return await process(tx, ids)
        except Exception:
            # They are stored: their deadlines process them again, until that succeeds.
            log.exception("alert_posts.not_processed", posts=[str(id) for id in ids])
        outcomes: dict[UUID, ProcessedPost | Rejection] = {}
        for id in ids if len(ids) > 1 else ():
            outcomes |= await self._process([id])
        return outcomes


def _next_batch(queue: deque[_Pending]) -> list[_Pending]:
    """The posts that wait: at least one, at most as many as one transaction should process."""
    batch = [queue.popleft()]
    size = len(batch[0].post.raw)
    while queue and len(batch) < MAX_BATCH_POSTS:
        size += len(queue[0].post.raw)
        if size > MAX_BATCH_BYTES:
            break
        batch.append(queue.popleft())
    return batch
