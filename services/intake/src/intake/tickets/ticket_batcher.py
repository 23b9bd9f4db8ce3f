"""Natural batching: while one batch of new tickets commits, the next one gathers.

There is no timed window: a request that is alone is a batch at once. The queue is bounded, so that
a slow database leads to 503 and not to a full memory. A batch that fails with an SQL error is stored
again one by one, so that a bad ticket does not fail its neighbours. After a lost connection the ids
are looked up: a ticket that was committed is answered as stored, another one may be sent again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg

from common.domain import Actor, Rejection
from common.errors import ServiceUnavailable
from common.http.idempotency import IdempotencyKey
from common.persistence.database import Database, is_transient
from common.telemetry import logger, metrics
from intake.tickets.domain.new_ticket import TicketRequest, check_opened_at
from intake.tickets.new_ticket_rows import build_rows
from intake.tickets.store import ticket_batch as store
from intake.tickets.store.ticket_batch import NewTicketRows, RawConnection

log = logger(__name__)

MAX_BATCH_SIZE: Final = 128
MAX_QUEUED_TICKETS: Final = 2_048
BATCH_TIMEOUT_S: Final = 10.0
"""Seconds that a batch may take before its connection is given up."""
MAX_COMMIT_CHECKS: Final = 5
"""How often, a second apart, the tickets of a batch are looked up after its connection was lost."""


class IdempotencyKeyReused(Exception):
    """The Idempotency-Key was used before, so nothing was stored."""

    def __init__(self, key: IdempotencyKey) -> None:
        super().__init__("this Idempotency-Key was used before")
        self.key = key


@dataclass(slots=True, eq=False)
class PendingTicket:
    """A request that waits for its ticket. Its rows are built in the context of its own trace."""

    request: TicketRequest
    actor: Actor
    key: IdempotencyKey | None
    context: Context = field(default_factory=copy_context)
    result: "asyncio.Future[NewTicketRows | Rejection]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def build_rows(self, number: int, at: datetime) -> NewTicketRows:
        """The rows of the ticket with this number, opened at `at`."""
        return self.context.run(build_rows, self.request, self.actor, self.key, number, at)

    def fail(self, error: BaseException) -> None:
        """Raise the error where the ticket is waited for."""
        if not self.result.done():
            self.result.set_exception(error)

    def finish(self, outcome: NewTicketRows | Rejection) -> None:
        """Return the outcome where the ticket is waited for."""
        if not self.result.done():
            self.result.set_result(outcome)


class TicketBatcher:
    """The queue of new tickets and the loop that stores them; one in each process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._queue: deque[PendingTicket] = deque()
        self._flush_task: asyncio.Task[None] | None = None
        self._connection: RawConnection | None = None

    async def create(
        self, request: TicketRequest, actor: Actor, key: IdempotencyKey | None
    ) -> NewTicketRows | Rejection:
        """Store one ticket and return what was stored, once it is committed.

        A caller who goes away does not undo it. Raises IdempotencyKeyReused, ServiceUnavailable
        (nothing is known to be stored), or PostgreSQL's error about this ticket.
        """
        if len(self._queue) >= MAX_QUEUED_TICKETS:
            raise ServiceUnavailable(1)
        pending = PendingTicket(request, actor, key)
        self._queue.append(pending)
        if self._flush_task is None:
            self._flush_task = asyncio.create_task(self._flush_loop(), name="ticket-batcher")
        return await pending.result

    async def close(self) -> None:
        """Wait until the present batches are stored, then close the connection."""
        if self._flush_task is not None:
            await asyncio.wait([self._flush_task], timeout=BATCH_TIMEOUT_S)
        if self._connection is not None:
            await self._connection.close(timeout=BATCH_TIMEOUT_S)
            self._connection = None

    async def _flush_loop(self) -> None:
        try:
            while batch := self._next_batch():
                await self._flush(batch)
        finally:
            self._flush_task = None

    def _next_batch(self) -> list[PendingTicket]:
        """At most MAX_BATCH_SIZE waiting tickets; a second one with the same key waits for the next."""
        batch: list[PendingTicket] = []
        keys: set[tuple[str, str]] = set()
        while self._queue and len(batch) < MAX_BATCH_SIZE:
            key = self._queue[0].key
            if key is not None:
                if (key.caller, key.key) in keys:
                    break
                keys.add((key.caller, key.key))
            batch.append(self._queue.popleft())
        return batch

    async def _flush(self, batch: Sequence[PendingTicket]) -> None:
        """Store a batch, and finish or fail each of its tickets, whatever happens."""
        try:
            await self._store(batch)
        except Exception as error:  # noqa: BLE001 (raised to the callers who wait)
            if is_transient(error) or len(batch) == 1:
                for pending in batch:
                    pending.fail(error)
                return
            log.warning(
                "ticket_batcher.stored_one_by_one", error=type(error).__name__, batch=len(batch)
            )
            for pending in batch:
                await self._flush([pending])

    async def _store(self, batch: Sequence[PendingTicket]) -> None:
        connection = await self._get_connection()
        prepared: list[tuple[PendingTicket, NewTicketRows]] = []
        try:
            async with asyncio.timeout(BATCH_TIMEOUT_S):
                at, numbers = await store.fetch_time_and_numbers(
                    connection, self.database.schema, len(batch)
                )
                prepared = _prepare(batch, numbers, at)
                stored_ids = await store.insert_batch(connection, [rows for _, rows in prepared])
        except Exception as error:
            if not _is_outcome_unknown(connection, error):
                raise
            connection.terminate()
            log.warning("ticket_batcher.connection_lost", error=type(error).__name__)
            _resolve_all(
                prepared, await self._find_committed(prepared), lambda _: ServiceUnavailable(1)
            )
            if not prepared:
                raise
            return
        metrics.TICKET_BATCH_SIZE.observe(len(prepared))
        for wake in self.database.on_outbox_events:
            wake()
        _resolve_all(prepared, stored_ids, _key_reused_error)

    async def _get_connection(self) -> RawConnection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.database.dedicated_connection()
        return self._connection

    async def _find_committed(
        self, prepared: Sequence[tuple[PendingTicket, NewTicketRows]]
    ) -> set[UUID]:
        """Ids of the tickets that were committed before the connection was lost.

        Empty while the database cannot be asked.
        """
        ids = [rows.ticket.id for _, rows in prepared]
        for _ in range(MAX_COMMIT_CHECKS if ids else 0):
            try:
                return await store.existing_ids(await self._get_connection(), ids)
            except Exception as error:
                if not is_transient(error):
                    raise
                await asyncio.sleep(1)
        return set()


def _is_outcome_unknown(connection: RawConnection, error: BaseException) -> bool:
    """Whether the statement may have been committed: then it must not be sent again."""
    return connection.is_closed() or isinstance(
        error, TimeoutError | OSError | asyncpg.InterfaceError
    )


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
