"""Natural batching: while one batch of new tickets commits, the next one gathers.

There is no timed window: a request that is alone is a batch at once. Two batches may be on their way
where enough wait, so that the rows of one are built while PostgreSQL stores the other. The queue is bounded in length
and in time, so that a slow database leads to 503 and not to a full memory. A batch that fails with an
SQL error of its own is stored again one by one, so that a bad ticket does not fail its neighbours.
PostgreSQL itself bounds the statement: what it refuses is not stored, and may be sent again. After a
lost connection nobody knows: see `ticket_outcome`.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.domain import Actor, Rejection
from common.errors import Overloaded, Problem, ServiceUnavailable
from common.http.idempotency import IdempotencyKey
from common.persistence.database import Database, is_definite
from common.persistence.errors import describe_error, is_transient
from common.persistence.fencing import connection_name
from common.persistence.workload import Workload
from common.telemetry import logger, metrics
from intake.tickets.domain.new_ticket import TicketRequest, check_opened_at
from intake.tickets.pending_ticket import IdempotencyKeyReused, PendingTicket
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import NewTicketRows, RawConnection
from intake.tickets.ticket_outcome import find_committed, unknown_outcome

log = logger(__name__)

MAX_BATCH_SIZE: Final = 128
MAX_QUEUED_TICKETS: Final = 2_048
MAX_QUEUE_S: Final = 5.0
"""Seconds that a request waits for its batch; then it gets 503 and is not stored."""
MIN_BESIDE: Final = 4
"""Requests that must wait for a second batch to begin beside one: smaller ones cost more than they gain."""
LANES: Final = 2
TICKETS: Final = Workload("tickets", LANES, acquire_s=0, lock_s=3, statement_s=5, idle_s=10)
"""The connections of the batches. A batch that waits for a lock holds up all that come after it."""
CLOSE_TIMEOUT_S: Final = 10.0


@dataclass(slots=True, eq=False)
class _Lane:
    """A connection on which one batch after the other is stored. `task` runs while there are some."""

    task: asyncio.Task[None] | None = None
    connection: "RawConnection | None" = None
    connection_name: str = ""


class TicketBatcher:
    """The queue of new tickets and the loops that store them; one in each process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queue: deque[PendingTicket] = deque()
        self.lanes = tuple(_Lane() for _ in range(LANES))

    async def create(
        self, request: TicketRequest, actor: Actor, key: IdempotencyKey | None
    ) -> NewTicketRows | Rejection:
        """Store one ticket and return what was stored, once it is committed.

        A caller who goes away does not undo it. Raises IdempotencyKeyReused, Overloaded,
        ServiceUnavailable or PostgreSQL's error about this ticket: it is not stored, and never will
        be; and UnknownOutcome, which says how to find out.
        """
        if len(self._queue) >= MAX_QUEUED_TICKETS:
            raise Overloaded(1)
        pending = PendingTicket(request, actor, key)
        self._queue.append(pending)
        idle = next((lane for lane in self.lanes if lane.task is None), None)
        if idle is not None and self._may_begin(idle):
            idle.task = asyncio.create_task(self._flush_loop(idle), name="ticket-batcher")
        return await pending.result

    async def close(self) -> None:
        """Wait until the present batches are stored, then close the connections."""
        if tasks := [lane.task for lane in self.lanes if lane.task is not None]:
            await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT_S)
        for lane in self.lanes:
            if lane.connection is not None:
                await lane.connection.close(timeout=CLOSE_TIMEOUT_S)
                lane.connection = None

    def _may_begin(self, lane: _Lane) -> bool:
        """Return whether the lane may take a batch: whoever is alone must, to leave nothing behind."""
        is_alone = all(other is lane or other.task is None for other in self.lanes)
        return is_alone or len(self._queue) >= MIN_BESIDE

    async def _flush_loop(self, lane: _Lane) -> None:
        try:
            while self._may_begin(lane) and (batch := self._next_batch()):
                await self._flush(lane, batch)
        finally:
            lane.task = None

    def _next_batch(self) -> list[PendingTicket]:
        """At most MAX_BATCH_SIZE waiting tickets; a second one with the same key waits for the next."""
        batch: list[PendingTicket] = []
        keys: set[tuple[str, str]] = set()
        self._drop_expired()
        while self._queue and len(batch) < MAX_BATCH_SIZE:
            key = self._queue[0].key
            if key is not None:
                if (key.caller, key.key) in keys:
                    break
                keys.add((key.caller, key.key))
            batch.append(self._queue.popleft())
        return batch

    def _drop_expired(self) -> None:
        oldest = asyncio.get_running_loop().time() - MAX_QUEUE_S
        while self._queue and self._queue[0].queued_at < oldest:
            self._queue.popleft().fail(Overloaded(1))

    async def _flush(self, lane: _Lane, batch: Sequence[PendingTicket]) -> None:
        """Store a batch, and finish or fail each of its tickets, whatever happens."""
        try:
            await self._store(lane, batch)
        except Exception as error:  # noqa: BLE001 (raised to the callers who wait)
            if isinstance(error, Problem) or is_transient(error) or len(batch) == 1:
                for pending in batch:
                    pending.fail(error)
                return
            log.warning(
                "ticket_batcher.stored_one_by_one", error=type(error).__name__, batch=len(batch)
            )
            for pending in batch:
                await self._flush(lane, [pending])

    async def _store(self, lane: _Lane, batch: Sequence[PendingTicket]) -> None:
        connection = await self._get_connection(lane)
        prepared: list[tuple[PendingTicket, NewTicketRows]] = []
        try:
            at, numbers = await store.fetch_time_and_numbers(
                connection, self.database.schema, len(batch)
            )
            prepared = _prepare(batch, numbers, at)
            stored_ids = await store.insert_batch(connection, [rows for _, rows in prepared])
        except Exception as error:
            if is_definite(error) and not connection.is_closed():
                raise
            connection.terminate()
            log.warning("ticket_batcher.connection_lost", error=describe_error(error))
            if not prepared:
                raise  # the tickets were not sent
            await self._resolve_unknown(lane, prepared)
            return
        metrics.TICKET_BATCH_SIZE.observe(len(prepared))
        self._wake_relay()
        _resolve_all(prepared, stored_ids, _key_reused_error)

    async def _resolve_unknown(
        self, lane: _Lane, prepared: Sequence[tuple[PendingTicket, NewTicketRows]]
    ) -> None:
        """Answer a batch whose connection was lost: stored, not stored, or not known."""
        ids = [rows.ticket.id for _, rows in prepared]
        committed = await find_committed(self.database, lane.connection_name, ids)
        if committed is None:
            _resolve_all(prepared, set(), lambda rows: unknown_outcome(rows.ticket))
            return
        self._wake_relay()
        _resolve_all(prepared, committed, lambda _: ServiceUnavailable(1))

    def _wake_relay(self) -> None:
        for wake in self.database.on_outbox_events:
            wake()

    async def _get_connection(self, lane: _Lane) -> RawConnection:
        if lane.connection is None or lane.connection.is_closed():
            lane.connection_name = connection_name(self.database.schema, TICKETS)
            lane.connection = await self.database.dedicated_connection(
                TICKETS, name=lane.connection_name
            )
        return lane.connection


def _prepare(
    batch: Sequence[PendingTicket], numbers: Sequence[int], at: datetime
) -> list[tuple[PendingTicket, NewTicketRows]]:
    """The rows to store. A request that is rejected, or whose rows cannot be built, ends alone."""
    prepared: list[tuple[PendingTicket, NewTicketRows]] = []
    for pending, number in zip(batch, numbers, strict=True):
        if rejection := check_opened_at(pending.request, at):
            pending.finish(rejection)
            continue
        try:
            prepared.append((pending, pending.build_rows(number, at)))
        except Exception as error:  # noqa: BLE001 (raised to the caller who waits)
            pending.fail(error)
    return prepared


def _resolve_all(
    prepared: Sequence[tuple[PendingTicket, NewTicketRows]],
    stored_ids: set[UUID],
    error_for: Callable[[NewTicketRows], Exception],
) -> None:
    for pending, rows in prepared:
        if rows.ticket.id in stored_ids:
            pending.finish(rows)
        else:
            pending.fail(error_for(rows))


def _key_reused_error(rows: NewTicketRows) -> Exception:
    assert rows.key is not None, "only a used key keeps a ticket from being stored"
    return IdempotencyKeyReused(rows.key)
