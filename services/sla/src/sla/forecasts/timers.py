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
from sla.clocks.commands import timetables
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.events import forecast_facts
from sla.clocks.store import clocks
from sla.forecasts.domain.forecast import (
    Forecast,
    Queue,
    forecast,
    forecastable,
    marks,
    numbered,
    standing,
    turned,
    worth_writing,
)
from sla.forecasts.domain.probability import Curves
from sla.forecasts.domain.reasons import reasons
from sla.forecasts.store import forecast_rounds as rounds
from sla.forecasts.store import forecasts, handling_times, scores, subscriptions
from sla.forecasts.store.forecast_rounds import Queued, Round

KIND = "forecast"
"""The kind of the deadline that recurs: the next round, or the next step of the present one."""
THE_ROUND = UUID("01900000-0000-7000-8000-000000000004")
EVERY = timedelta(minutes=5)
STEP = 500
"""Clocks of one step: some 50 ms, which is how late a breach may fire for its sake."""
HALF_LIFE = timedelta(days=7)
"""After so long without change, the usual length of the queue is halfway to the present one."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ORDER = {"safe": 0, "at_risk": 1, "likely_to_breach": 2}

_curves: dict[UUID, Curves] = {}
"""Of the present round: made at its first step, and again where another replica takes over."""


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast, the one before it, and the clock that it is about."""

    tracked: Tracked
    was: Forecast | None
    now: Forecast


async def lock(tx: Connection, ids: Sequence[UUID]) -> set[UUID]:
    """The round's row stands for all forecasts: whoever holds it forecasts alone."""
    return set(ids) if await rounds.lock(tx, skip=True) else set()


async def on_forecast_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """One step of a round, and the next one armed: at once, or on the next five minutes."""
    round = await rounds.lock(tx)
    assert round is not None
    await _fold(tx)
    if round.done:
        round = _begun(round, at)
    queued = await rounds.following(tx, round.walked, STEP)
    ahead = _passed(round, queued)
    curves = await _curves_of(tx, round)
    await renew(tx, [q.id for q in queued if not q.broken], Queue(round.usual, ahead), curves, at)
    walked = (queued[-1].deadline, queued[-1].id) if queued else round.walked
    round = replace(round, walked=walked, done=len(queued) < STEP)
    await rounds.save(tx, round)
    await schedule(tx, [Deadline(KIND, THE_ROUND, _next(at) if round.done else at)])


async def forecast_now(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Make the forecasts of open clocks from all that is known now; answers which clocks."""
    round = await rounds.lock(tx)
    assert round is not None
    at = await transaction_time(tx)
    await _fold(tx)
    wanted = await rounds.open_of(tx, customer, ids, limit)
    queue = Queue(round.usual, await rounds.ahead(tx, wanted))
    return await renew(tx, wanted, queue, await handling_times.curves(tx, at), at)


async def renew(
    tx: Connection, ids: Collection[UUID], queue: Queue, curves: Curves, at: datetime
) -> list[UUID]:
    """Forecast these clocks, keep what is new about them, tell what turned. The round is locked.

    Answers the clocks that there is a forecast of.
    """
    tracked = [one for one in await clocks.load(tx, ids) if forecastable(one)]
    tables = await timetables(tx, tracked)
    before = await forecasts.of_clocks(tx, ids)
    made = []
    for one in tracked:
        was = before.get(one.id)
        now = forecast(uuid7(), one, standing(one, queue, at, tables), curves, at, was)
        if worth_writing(was, now):
            made.append(Made(one, was, numbered(now) if turned(was, now) else now))
    await forecasts.keep(tx, [one.now for one in made])
    await forecasts.mark(tx, [one.now for one in made if marks(one.was, one.now)])
    await _tell(tx, [one for one in made if turned(one.was, one.now)], at)
    return [one.id for one in tracked]


async def keep_forecasting(app: FastAPI) -> None:
    """Arm the first round where none is; from then on each one arms the next."""
    database: Database = app.state.database
    async with database.transaction() as tx:
        if not await rounds.armed(tx, KIND, THE_ROUND):
            await schedule(tx, [Deadline(KIND, THE_ROUND, await transaction_time(tx))])


async def _fold(tx: Connection) -> None:
    """What has ended since: into the handling times, the scores, and the forecasts themselves."""
    ended = await handling_times.fold(tx)
    await scores.settle(tx, ended)
    if ended:
        await forecasts.follow(tx, {one.clock_id for one in ended})


async def _tell(tx: Connection, turned_ones: Sequence[Made], at: datetime) -> None:
    if not turned_ones:
        return
    everybody = await subscriptions.everybody(tx)
    await publish(
        tx,
        *(
            OutboxEvent(_event(one, _concerned(one, everybody), at), one.now.sequence)
            for one in turned_ones
        ),
    )


def _event(made: Made, subscribers: Sequence[str], at: datetime) -> ForecastChanged:
    now = made.now
    return ForecastChanged(
        **forecast_facts(made.tracked.ticket, now, at),
        previous=made.was.outlook if made.was else "safe",
        probability=round(now.estimate.probability, 3),
        expected_breach_at=now.expected_breach_at,
        reasons=reasons(now.standing, now.estimate),
        subscribers=tuple(subscribers),
    )


def _concerned(made: Made, everybody: Sequence[subscriptions.Subscription]) -> list[str]:
    """Who asked for this, in order; also to hear that what they were told of is over."""
    ticket = made.tracked.ticket
    worse = max(ORDER[made.now.outlook], ORDER[made.was.outlook] if made.was else 0)
    return sorted(
        {
            one.sub
            for one in everybody
            if one.concerns(ticket.customer, ticket.service) and ORDER[one.outlook] <= worse
        }
    )


def _begun(last: Round, at: datetime) -> Round:
    """A new round. The queue counted last counts for as long as it lasted."""
    weight = 1 - 0.5 ** ((at - last.began_at) / HALF_LIFE) if last.began_at else 1.0
    metrics = last.usual.keys() | last.ahead.keys()
    usual = {one: _drawn(last, one, weight) for one in metrics} if last.began_at else {}
    return Round(uuid7(), at, done=False, usual=usual)


def _drawn(last: Round, metric: str, weight: float) -> float:
    present = float(last.ahead.get(metric, 0))
    usual = last.usual.get(metric, present)
    return usual + (present - usual) * weight


def _passed(round: Round, queued: Sequence[Queued]) -> Mapping[UUID, int]:
    """How many stand before each; the round's count goes on with them."""
    ahead: dict[UUID, int] = {}
    for one in queued:
        if not one.waits:
            ahead[one.id] = round.ahead.get(one.metric, 0)
            round.ahead[one.metric] = ahead[one.id] + 1
    return ahead


async def _curves_of(tx: Connection, round: Round) -> Curves:
    if round.id not in _curves:
        assert round.began_at is not None
        found = await handling_times.curves(tx, round.began_at)
        _curves.clear()
        _curves[round.id] = found
    return _curves[round.id]


def _next(at: datetime) -> datetime:
    """The next full five minutes, so that all replicas mean the same."""
    return EPOCH + ((at - EPOCH) // EVERY + 1) * EVERY
