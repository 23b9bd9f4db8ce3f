"""Applies a batch of records in one transaction; when that fails, record by record.

Only what speaks of a record counts against it (`counts_against_record`): what a rule refuses as
impossible is a dead letter at once, what fails three times or computes for too long after that. A
record about an unknown subject is parked. Everything else is our own trouble: it is raised, for the
caller to try again, or, when single records keep meeting it while others succeed, these are parked
and tried again later.
"""

import asyncio
from collections.abc import Mapping, Sequence

from common.messaging.consumer_state import ConsumerState
from common.messaging.dead_letter_queue import WRONG_SOURCE
from common.messaging.inbox import BatchResult, Inbox, MissingReference, PermanentError
from common.messaging.limited_transaction import (
    HandlerTimeout,
    Limits,
    LockTimeout,
    OnLockWait,
    limited_transaction,
)
from common.messaging.positions import Partition, Record
from common.persistence.database import Database
from common.persistence.errors import counts_against_record, describe_error
from common.telemetry import log_applied, logger, metrics
from common.telemetry.security_events import SecurityEvent, report

log = logger(__name__)

MAX_ATTEMPTS = 3
MAX_SLOW_ATTEMPTS = 2
HANDLER_TIMEOUT_S = 60.0
"""Seconds for one transaction's handlers: far below aiokafka's poll interval."""
LOCK_TIMEOUT_S = 20.0
"""Seconds that a batch waits for a lock, in order to let go of its own meanwhile."""
SINGLE_LOCK_TIMEOUT_S = 2.0
"""The same for a record that is tried apart from others: they wait meanwhile."""
MAX_FAILURES_WITHOUT_SUCCESS = 3
MAX_POSTPONED = 50
"""Records that fail apart in one batch at most; more mean that the trouble is everywhere."""
MAX_CONSECUTIVE_DEAD_LETTERS = 20
"""So many dead letters without a success between them mean a faulty consumer, not bad records."""


class ConsumerHalted(Exception):
    """Too many dead letters in a row: the consumer stops."""


class BatchProcessor:
    """Applies records. What it shares with others of the same consumer is `state`."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        on_lock_wait: OnLockWait = lambda wait: None,
        state: ConsumerState | None = None,
    ) -> None:
        self.database = database
        self.inbox = inbox
        self.on_lock_wait = on_lock_wait
        self.state = state or ConsumerState()
        # There before the first one: Prometheus sees no increase in a counter that begins with 1.
        metrics.SECURITY_EVENTS.labels("record_refused", WRONG_SOURCE)

    async def process(self, records: Sequence[Record]) -> None:
        """Apply records. Raises our own trouble (`counts_against_record` is false), or ConsumerHalted."""
        try:
            await self._process_batch(records, offsets_after(records))
        except (PermanentError, MissingReference, HandlerTimeout):
            await self._process_each(records)
        except Exception as error:
            if not counts_against_record(error):
                raise
            log.warning("consumer.poll_failed", error=type(error).__name__, records=len(records))
            await self._process_each(records)

    async def process_apart(self, records: Sequence[Record]) -> None:
        """Apply records one by one, because together they keep meeting trouble of our own.

        Those that meet it alone as well are parked and tried again later, so that the others go on.
        Raises that trouble where it seems to be everywhere.
        """
        failed: list[tuple[Record, Exception]] = []
        applied = 0
        for record in records:
            try:
                applied += await self._process_single(record, {}, SINGLE_LOCK_TIMEOUT_S)
            except ConsumerHalted:
                raise
            except Exception as error:  # noqa: BLE001 - kept for `_postpone`
                failed.append((record, error))
                is_everywhere = not applied and len(failed) >= MAX_FAILURES_WITHOUT_SUCCESS
                if is_everywhere or len(failed) >= MAX_POSTPONED:
                    break
        await self._postpone(failed, offsets_after(records), is_everywhere=not applied)

    async def _postpone(
        self,
        failed: Sequence[tuple[Record, Exception]],
        offsets: Mapping[Partition, int],
        *,
        is_everywhere: bool,
    ) -> None:
        is_everywhere = is_everywhere or len(failed) >= MAX_POSTPONED
        for record, error in failed:
            # One that is parked already waits longer; a new one waits only if others get through.
            if record.parked is not None or not is_everywhere:
                await self._park(record, problem=_describe(error))
        if failed and is_everywhere:
            raise failed[-1][1]
        async with self.database.transaction() as tx:
            await self.inbox.store_offsets(tx, offsets)

    async def _process_batch(
        self,
        records: Sequence[Record],
        offsets: Mapping[Partition, int],
        lock_seconds: float | None = None,
    ) -> BatchResult:
        limits = Limits(HANDLER_TIMEOUT_S, lock_seconds or LOCK_TIMEOUT_S)
        async with limited_transaction(self.database, limits, self.on_lock_wait) as tx:
            with metrics.CONSUMER_POLL_SECONDS.time():
                result = await self.inbox.process(tx, records, offsets)
        for one, trace in result.events:
            log_applied(one.event.type, one.subject, one.event.key(), one.sequence, trace)
        metrics.CONSUMER_RECORDS.labels("applied").inc(result.applied)
        metrics.CONSUMER_RECORDS.labels("parked").inc(result.parked)
        metrics.CONSUMER_RECORDS.labels("dead_lettered").inc(len(result.refused))
        for topic in result.refused:
            # Not counted towards stopping: whoever may write one record could stop the consumer.
            report(SecurityEvent("record_refused", WRONG_SOURCE, topic=topic))
        self.inbox.stopped_sources |= result.stopped
        if result.parked:
            self.state.note_parked()
        if self.state.has_parked:
            self.state.note_moved(result.moved)
        self._count_outcome(dead=result.dead, alive=result.applied)
        return result

    async def _process_each(self, records: Sequence[Record]) -> None:
        for record in records:
            await self._process_single(record, offsets_after([record]))

    async def _process_single(
        self,
        record: Record,
        offsets: Mapping[Partition, int],
        lock_seconds: float | None = None,
    ) -> int:
        """Apply one record, park it, or make it a dead letter. Returns how many were applied."""
        failures: list[Exception] = []
        while (code := _give_up_code(failures)) is None:
            try:
                return (await self._process_batch([record], offsets, lock_seconds)).applied
            except MissingReference as missing:
                await self._park(record, missing, offsets=offsets)
                return 0
            except PermanentError as refused:
                await self._dead_letter(record, "impossible", str(refused), offsets)
                return 0
            except Exception as error:
                if not (isinstance(error, HandlerTimeout) or counts_against_record(error)):
                    raise
                log.exception("consumer.record_failed", topic=record.topic, offset=record.offset)
                failures.append(error)
                await asyncio.sleep(0.1 * len(failures))
        await self._dead_letter(record, code, _give_up_reason(failures), offsets)
        return 0

    async def _park(
        self,
        record: Record,
        missing: MissingReference | None = None,
        problem: str | None = None,
        offsets: Mapping[Partition, int] | None = None,
    ) -> None:
        async with self.database.transaction() as tx:
            subject = await self.inbox.park(tx, record, missing, problem, offsets or {})
        self.state.note_parked()
        self.state.note_moved([subject])

    async def _dead_letter(
        self, record: Record, code: str, reason: str, offsets: Mapping[Partition, int]
    ) -> None:
        log.error("consumer.dead_letter", topic=record.topic, offset=record.offset, code=code)
        async with self.database.transaction() as tx:
            await self.inbox.dead_letter(tx, record, code, reason, offsets)
        self._count_outcome(dead=1, alive=0)

    def _count_outcome(self, *, dead: int, alive: int) -> None:
        metrics.CONSUMER_RECORDS.labels("dead_lettered").inc(dead)
        before = 0 if alive else self.state.consecutive_dead_letters
        self.state.consecutive_dead_letters = dead + before
        if self.state.consecutive_dead_letters >= MAX_CONSECUTIVE_DEAD_LETTERS:
            raise ConsumerHalted(
                f"{self.state.consecutive_dead_letters} dead letters in a row; see `dlq list`, correct the cause and restart"
            )


def offsets_after(records: Sequence[Record]) -> dict[Partition, int]:
    """Return the next offset of each partition that these records come from; parked ones have none."""
    offsets: dict[Partition, int] = {}
    for record in records:
        if record.parked is None:
            partition = (record.topic, record.partition)
            offsets[partition] = max(offsets.get(partition, 0), record.offset + 1)
    return offsets


def _give_up_code(failures: Sequence[Exception]) -> str | None:
    slow = sum(isinstance(error, HandlerTimeout) for error in failures)
    if slow >= MAX_SLOW_ATTEMPTS:
        return "too_slow"
    return "failed" if len(failures) >= MAX_ATTEMPTS else None


def _give_up_reason(failures: Sequence[Exception]) -> str:
    last = failures[-1]
    if isinstance(last, HandlerTimeout):
        return f"{last}, without waiting for a lock, {len(failures)} times"
    # The type alone: the text of an exception may quote what a customer wrote.
    return f"failed {len(failures)} times with {type(last).__name__}"


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, LockTimeout) else describe_error(error)
