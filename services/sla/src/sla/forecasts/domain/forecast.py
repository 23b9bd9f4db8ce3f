"""The forecast of one open promise: made each round, published when its outlook changes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.snapshot import take_snapshot as snapshot_of
from sla.clocks.domain.ticket_clock import TicketClock
from sla.forecasts.domain.probability import (
    Curves,
    Estimate,
    Outlook,
    PromiseProgress,
    classify,
    estimate_breach,
)
from sla.forecasts.domain.survival import bin_of

MIN_PROBABILITY_CHANGE = 0.01
"""A smaller change of the probability is not stored."""
QUARTER_COUNT = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """The forecast of a clock. `expected_breach_at` is its deadline; None while it is paused.

    `quarter`: how much of the target is used up in this `cycle` of the clock, 0 to 3.
    `changed_at`: since when the outlook holds. `open`: the promise is neither met nor breached.
    """

    id: UUID
    clock_id: UUID
    customer_id: UUID
    progress: PromiseProgress
    estimate: Estimate
    outlook: Outlook
    expected_breach_at: datetime | None
    cycle: int
    quarter: int
    created_at: datetime
    changed_at: datetime
    open: bool = True
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """`typical_lengths`: average queue by metric. `positions`: clocks due before, by clock."""

    typical_lengths: Mapping[str, float]
    positions: Mapping[UUID, int]

    def position_of(self, ticket_clock: TicketClock) -> int | None:
        is_paused = ticket_clock.clock.state == "paused"
        return None if is_paused else self.positions.get(ticket_clock.id, 0)


def is_forecastable(ticket_clock: TicketClock) -> bool:
    """Return whether it is a promise to a customer that is neither met nor breached."""
    clock = ticket_clock.clock
    is_open = clock.state in ("running", "paused") and clock.breached_at is None
    return (
        clock.contract == "sla"
        and is_open
        and clock.terms.target is not None
        and ticket_clock.ticket.customer_id is not None
    )


def progress_of(
    ticket_clock: TicketClock, queue: Queue, at: datetime, tables: Timetables
) -> PromiseProgress:
    """Return the progress of a forecastable clock at `at`."""
    clock, ticket = ticket_clock.clock, ticket_clock.ticket
    assert clock.terms.target is not None
    queue_position = queue.position_of(ticket_clock)
    return PromiseProgress(
        (clock.metric, ticket.priority, ticket.kind),
        snapshot_of(clock, at, tables).counted.total_seconds(),
        max(clock.terms.target, timedelta(seconds=1)).total_seconds(),
        queue_position,
        queue.typical_lengths.get(clock.metric, float(queue_position or 0)),
    )


def make_forecast(
    id: UUID,
    ticket_clock: TicketClock,
    progress: PromiseProgress,
    curves: Curves,
    at: datetime,
    previous: Forecast | None,
) -> Forecast:
    """Make the forecast at `at`. `id` is used for the first forecast of a clock."""
    assert ticket_clock.ticket.customer_id is not None
    estimate = estimate_breach(progress, curves)
    previous_outlook = previous.outlook if previous is not None and previous.open else None
    new_outlook = classify(estimate.probability, previous_outlook)
    return Forecast(
        previous.id if previous else id,
        ticket_clock.id,
        ticket_clock.ticket.customer_id,
        progress,
        estimate,
        new_outlook,
        ticket_clock.clock.deadline,
        ticket_clock.clock.cycle,
        min(QUARTER_COUNT - 1, int(progress.used_ratio * QUARTER_COUNT)),
        at,
        previous.changed_at if previous is not None and new_outlook == previous_outlook else at,
        True,
        previous.sequence if previous else 0,
    )


def changed_class(previous: Forecast | None, current: Forecast) -> bool:
    """Return whether the outlook changed, so that subscribers are notified."""
    previous_outlook = previous.outlook if previous is not None else "safe"
    return previous_outlook != current.outlook


def is_scored(previous: Forecast | None, current: Forecast) -> bool:
    """Return whether it is the first forecast of its quarter and cycle: only those are scored."""
    return previous is None or (previous.cycle, previous.quarter) != (
        current.cycle,
        current.quarter,
    )


def needs_update(previous: Forecast | None, current: Forecast) -> bool:
    """Return whether the forecast differs enough from the previous one to be stored."""
    if (
        previous is None
        or is_scored(previous, current)
        or changed_class(previous, current)
        or not previous.open
    ):
        return True
    probability_changed = (
        abs(previous.estimate.probability - current.estimate.probability) >= MIN_PROBABILITY_CHANGE
    )
    age_bin_changed = bin_of(previous.progress.age) != bin_of(current.progress.age)
    return (
        probability_changed
        or age_bin_changed
        or previous.expected_breach_at != current.expected_breach_at
        or previous.progress.group != current.progress.group
    )


def with_next_sequence(forecast: Forecast) -> Forecast:
    """Return the forecast with the sequence of the event about it."""
    return replace(forecast, sequence=forecast.sequence + 1)
