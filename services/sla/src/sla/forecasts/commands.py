"""Make forecasts of open clocks, store what is new about them, and publish changed outlooks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.clocks.commands import load_timetables
from sla.clocks.domain.ticket_clock import TicketClock
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
from sla.forecasts.events import changed_event
from sla.forecasts.store import forecast_rounds as rounds
from sla.forecasts.store import forecasts, handling_times, scores, subscriptions

OUTLOOK_ORDER = {"safe": 0, "at_risk": 1, "likely_to_breach": 2}


@dataclass(frozen=True, slots=True)
class ForecastUpdate:
    """A forecast, the one before it, and the clock that it is about."""

    tracked: TicketClock
    previous: Forecast | None
    current: Forecast


async def forecast_now(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Make the forecasts of open clocks from all that is known now; answers which clocks."""
    round = await rounds.lock(tx)
    assert round is not None
    at = await transaction_time(tx)
    await fold_ended(tx)
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


async def fold_ended(tx: Connection) -> None:
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
                changed_event(
                    one.tracked.ticket,
                    one.previous,
                    one.current,
                    _subscribers_of(one, all_subscriptions),
                    at,
                ),
                one.current.sequence,
            )
            for one in updates
        ),
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
