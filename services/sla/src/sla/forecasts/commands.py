"""Make forecasts of open clocks, store those that changed, and publish changed outlooks."""

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

    ticket_clock: TicketClock
    previous: Forecast | None
    current: Forecast


async def forecast_now(
    tx: Connection, customer: UUID | None, ids: Sequence[UUID] | None, limit: int
) -> list[UUID]:
    """Make forecasts of open clocks from all that is known now; return the ids of the clocks.

    At most `limit` clocks: of a customer, of these `ids`, or of all.
    """
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
    """Forecast these clocks, store what changed and publish changed outlooks. The round is locked.

    Returns the ids of the clocks that have a forecast.
    """
    ticket_clocks = [one for one in await clocks.load(tx, ids) if is_forecastable(one)]
    tables = await load_timetables(tx, ticket_clocks)
    existing = await forecasts.find_by_clocks(tx, ids)
    updates = []
    for one in ticket_clocks:
        previous, progress = existing.get(one.id), progress_of(one, queue, at, tables)
        current = make_forecast(uuid7(), one, progress, curves, at, previous)
        if needs_update(previous, current):
            if changed_class(previous, current):
                current = with_next_sequence(current)
            updates.append(ForecastUpdate(one, previous, current))
    await forecasts.upsert(tx, [one.current for one in updates])
    await forecasts.insert_marks(
        tx, [one.current for one in updates if is_scored(one.previous, one.current)]
    )
    await _emit(tx, [one for one in updates if changed_class(one.previous, one.current)], at)
    return [one.id for one in ticket_clocks]


async def fold_ended(tx: Connection) -> None:
    """Fold the clocks that have ended into the handling times, the scores and the forecasts."""
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
                    one.ticket_clock.ticket,
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
    """Return the `sub`s of who subscribed to this outlook or to the former one, in order."""
    ticket = update.ticket_clock.ticket
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
