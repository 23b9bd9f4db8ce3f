"""Makes forecasts: every five minutes of all open promises, and on demand of some (R3).

A round walks the queue in steps of its own transaction each, in the order in which promises break:
so it knows for each clock how many stand before it, and never holds up a warning that falls due
meanwhile. Nothing of the past is read but the counts of handling times (`store.handling`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import FastAPI

from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.forecasts.commands import fold_ended, renew_forecasts
from sla.forecasts.domain.forecast import Queue
from sla.forecasts.domain.probability import Curves
from sla.forecasts.store import forecast_rounds as rounds
from sla.forecasts.store import handling_times
from sla.forecasts.store.forecast_rounds import QueuedClock, Round

DEADLINE_KIND = "forecast"
"""The kind of the deadline that recurs: the next round, or the next step of the present one."""
ROUND_SUBJECT = UUID("01900000-0000-7000-8000-000000000004")
ROUND_INTERVAL = timedelta(minutes=5)
CLOCKS_PER_STEP = 500
"""Clocks of one step: some 50 ms, which is how late a breach may fire for its sake."""
HALF_LIFE = timedelta(days=7)
"""After so long without change, the usual length of the queue is halfway to the present one."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_curves: dict[UUID, Curves] = {}
"""Of the present round: made at its first step, and again where another replica takes over."""


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """The round's row stands for all forecasts: whoever holds it forecasts alone."""
    return set(ids) if await rounds.lock(tx, skip=True) else set()


async def on_forecast_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """One step of a round, and the next one armed: at once, or on the next five minutes."""
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


async def ensure_round_scheduled(app: FastAPI) -> None:
    """Arm the first round where none is; from then on each one arms the next."""
    database: Database = app.state.database
    async with database.transaction() as tx:
        if not await rounds.is_scheduled(tx, DEADLINE_KIND, ROUND_SUBJECT):
            await schedule(tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, await transaction_time(tx))])


def _start_round(last: Round, at: datetime) -> Round:
    """A new round. The queue counted last counts for as long as it lasted."""
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
    """How many stand before each; the round's count goes on with them."""
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
    """The next full five minutes, so that all replicas mean the same."""
    return EPOCH + ((at - EPOCH) // ROUND_INTERVAL + 1) * ROUND_INTERVAL


FORECAST_ROUND = Timer(lock_available, on_forecast_due, periodic=True)
