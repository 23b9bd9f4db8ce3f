"""Time in: a round of forecasts of all open promises, every five minutes (R3).

A round reads the queue by deadline, in steps of one transaction each: so it knows the position of
each clock, and does not delay warnings that fall due meanwhile. Of the past it reads only the
counts of handling times (`store.handling_times`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.persistence.patience import do_once
from common.runtime import Runtime
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.forecasts.commands import fold_ended, renew_forecasts
from sla.forecasts.domain.forecast import Queue
from sla.forecasts.domain.probability import Curves
from sla.forecasts.store import forecast_rounds as rounds
from sla.forecasts.store import handling_times
from sla.forecasts.store.forecast_rounds import QueuedClock, Round
from sla.settings import SlaSettings

DEADLINE_KIND = "forecast"
"""The kind of the one deadline: of the next round, or of the next step of the present one."""
ROUND_SUBJECT = UUID("01900000-0000-7000-8000-000000000004")
ROUND_INTERVAL = timedelta(minutes=5)
CLOCKS_PER_STEP = 500
"""Clocks of one step: some 50 ms, by which a step may delay a breach."""
HALF_LIFE = timedelta(days=7)
"""After this time the typical length of the queue is halfway to a changed one."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_curves: dict[UUID, Curves] = {}
"""The curves of the present round: loaded at its first step, and when a replica takes it over."""


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """Lock the row of the round, which stands for all forecasts; none where it is locked."""
    return set(ids) if await rounds.lock(tx, skip=True) else set()


async def on_forecast_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Do one step of a round, and schedule the next: at once, or on the next full five minutes."""
    round = await rounds.lock(tx)
    assert round is not None
    await fold_ended(tx)
    if round.is_done:
        round = _start_round(round, at)
    queued = await rounds.list_following(tx, round.last_position, CLOCKS_PER_STEP)
    positions = _queue_positions(round, queued)
    curves = await _curves_of(tx, round)
    await renew_forecasts(
        tx,
        [q.id for q in queued if not q.is_breached],
        Queue(round.typical_lengths, positions),
        curves,
        at,
    )
    last_position = (queued[-1].deadline, queued[-1].id) if queued else round.last_position
    round = replace(round, last_position=last_position, is_done=len(queued) < CLOCKS_PER_STEP)
    await rounds.save(tx, round)
    await schedule(
        tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, _next_round_at(at) if round.is_done else at)]
    )


async def ensure_round_scheduled(runtime: Runtime[SlaSettings]) -> None:
    """Schedule the first round where none is; from then on each round schedules the next."""
    await do_once(partial(_ensure_round_scheduled, runtime.database))


async def _ensure_round_scheduled(database: Database) -> None:
    async with database.transaction() as tx:
        if not await rounds.is_scheduled(tx, DEADLINE_KIND, ROUND_SUBJECT):
            await schedule(tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, await transaction_time(tx))])


def _start_round(last: Round, at: datetime) -> Round:
    """Start a round; the lengths of the last queue are weighted by how long that round lasted."""
    weight = 1 - 0.5 ** ((at - last.began_at) / HALF_LIFE) if last.began_at else 1.0
    metrics = last.typical_lengths.keys() | last.passed_counts.keys()
    typical_lengths = (
        {one: _smoothed_length(last, one, weight) for one in metrics} if last.began_at else {}
    )
    return Round(uuid7(), at, is_done=False, typical_lengths=typical_lengths)


def _smoothed_length(last: Round, metric: str, weight: float) -> float:
    current = float(last.passed_counts.get(metric, 0))
    typical = last.typical_lengths.get(metric, current)
    return typical + (current - typical) * weight


def _queue_positions(round: Round, queued: Sequence[QueuedClock]) -> Mapping[UUID, int]:
    """Return the position of each clock, and add the clocks to the counts of the round."""
    positions: dict[UUID, int] = {}
    for clock in queued:
        if not clock.is_waiting:
            positions[clock.id] = round.passed_counts.get(clock.metric, 0)
            round.passed_counts[clock.metric] = positions[clock.id] + 1
    return positions


async def _curves_of(tx: Connection, round: Round) -> Curves:
    if round.id not in _curves:
        assert round.began_at is not None
        curves = await handling_times.load_curves(tx, round.began_at)
        _curves.clear()
        _curves[round.id] = curves
    return _curves[round.id]


def _next_round_at(at: datetime) -> datetime:
    """Return the next full five minutes, so that all replicas agree."""
    return EPOCH + ((at - EPOCH) // ROUND_INTERVAL + 1) * ROUND_INTERVAL


FORECAST_ROUND = Timer(lock_available, on_forecast_due, periodic=True)
