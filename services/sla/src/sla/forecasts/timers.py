"""Makes forecasts: every five minutes of all open promises, and on demand of some (R3).

A round walks the queue in steps of its own transaction each, in the order in which promises break:
so it knows for each clock how many stand before it, and never holds up a warning that falls due
meanwhile. Nothing of the past is read but the counts of handling times (`store.handling`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from fastapi import FastAPI

from common.events.forecasts import ForecastChanged
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Database, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.clocks.commands import load_timetables
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.events import forecast_payload
from sla.clocks.store import clocks
from sla.forecasts.domain.forecast import (
    Forecast,
    Queue,
    changed_class,
    is_forecastable,
    is_scored,
    make_forecast,
    needs_update,
    progress_of,
    with_next_sequence,
)
from sla.forecasts.domain.probability import Curves
from sla.forecasts.domain.reasons import describe_reasons
from sla.forecasts.store import forecast_rounds as rounds
from sla.forecasts.store import forecasts, handling_times, scores, subscriptions
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
OUTLOOK_ORDER = {"safe": 0, "at_risk": 1, "likely_to_breach": 2}

_curves: dict[UUID, Curves] = {}
"""Of the present round: made at its first step, and again where another replica takes over."""


@dataclass(frozen=True, slots=True)
class ForecastUpdate:
    """A forecast, the one before it, and the clock that it is about."""

    tracked: TicketClock
    previous: Forecast | None
    current: Forecast


async def lock_available(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """The round's row stands for all forecasts: whoever holds it forecasts alone."""
    return set(ids) if await rounds.lock(tx, skip=True) else set()


async def on_forecast_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """One step of a round, and the next one armed: at once, or on the next five minutes."""
    round = await rounds.lock(tx)
    assert round is not None
    await _fold_ended(tx)
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


async def forecast_now(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Make the forecasts of open clocks from all that is known now; answers which clocks."""
    round = await rounds.lock(tx)
    assert round is not None
    at = await transaction_time(tx)
    await _fold_ended(tx)
    clock_ids = await rounds.list_open_ids(tx, customer, ids, limit)
    queue = Queue(round.typical_lengths, await rounds.queue_positions(tx, clock_ids))
    return await renew_forecasts(tx, clock_ids, queue, await handling_times.load_curves(tx, at), at)


async def renew_forecasts(
    tx: Connection, ids: Collection[UUID], queue: Queue, curves: Curves, at: datetime
) -> list[UUID]:
    """Forecast these clocks, keep what is new about them, tell what turned. The round is locked.

    Answers the clocks that there is a forecast of.
    """
    tracked = [one for one in await clocks.load(tx, ids) if is_forecastable(one)]
    tables = await load_timetables(tx, tracked)
    existing = await forecasts.find_by_clocks(tx, ids)
    updates = []
    for clock in tracked:
        previous = existing.get(clock.id)
        current = make_forecast(
            uuid7(), clock, progress_of(clock, queue, at, tables), curves, at, previous
        )
        if needs_update(previous, current):
            updates.append(
                ForecastUpdate(
                    clock,
                    previous,
                    with_next_sequence(current) if changed_class(previous, current) else current,
                )
            )
    await forecasts.upsert(tx, [one.current for one in updates])
    await forecasts.insert_marks(
        tx, [one.current for one in updates if is_scored(one.previous, one.current)]
    )
    await _emit(tx, [one for one in updates if changed_class(one.previous, one.current)], at)
    return [one.id for one in tracked]


async def ensure_round_scheduled(app: FastAPI) -> None:
    """Arm the first round where none is; from then on each one arms the next."""
    database: Database = app.state.database
    async with database.transaction() as tx:
        if not await rounds.is_scheduled(tx, DEADLINE_KIND, ROUND_SUBJECT):
            await schedule(tx, [Deadline(DEADLINE_KIND, ROUND_SUBJECT, await transaction_time(tx))])


async def _fold_ended(tx: Connection) -> None:
    """What has ended since: into the handling times, the scores, and the forecasts themselves."""
    changes = await handling_times.fold(tx)
    await scores.record_outcomes(tx, changes)
    if changes:
        await forecasts.update_open(tx, {one.clock_id for one in changes})


async def _emit(tx: Connection, updates: Sequence[ForecastUpdate], at: datetime) -> None:
    if not updates:
        return
    all_subscriptions = await subscriptions.list_all(tx)
    await publish(
        tx,
        *(
            OutboxEvent(
                _to_event(one, _subscribers_of(one, all_subscriptions), at), one.current.sequence
            )
            for one in updates
        ),
    )


def _to_event(update: ForecastUpdate, subscribers: Sequence[str], at: datetime) -> ForecastChanged:
    current = update.current
    return ForecastChanged(
        **forecast_payload(update.tracked.ticket, current, at),
        previous=update.previous.outlook if update.previous else "safe",
        probability=round(current.estimate.probability, 3),
        expected_breach_at=current.expected_breach_at,
        reasons=describe_reasons(current.progress, current.estimate),
        subscribers=tuple(subscribers),
    )


def _subscribers_of(
    update: ForecastUpdate, all_subscriptions: Sequence[subscriptions.Subscription]
) -> list[str]:
    """Who asked for this, in order; also to hear that what they were told of is over."""
    ticket = update.tracked.ticket
    worst = max(
        OUTLOOK_ORDER[update.current.outlook],
        OUTLOOK_ORDER[update.previous.outlook] if update.previous else 0,
    )
    return sorted(
        {
            one.sub
            for one in all_subscriptions
            if one.matches(ticket.customer, ticket.service) and OUTLOOK_ORDER[one.outlook] <= worst
        }
    )


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
