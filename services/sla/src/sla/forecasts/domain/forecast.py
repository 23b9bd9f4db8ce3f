"""The forecast of one open promise, as it is kept: made anew each time, told only when it turns.

Pure.
"""

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
"""A probability that moved by less is not written again."""
QUARTER_COUNT = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """`expected_breach_at`: when it breaks if it does, its deadline; None while its time stands still.

    `quarter` of the target that is used up, 0 to 3, when it was made in this `cycle` of the clock.
    `changed_at`: since when the outlook is what it is. `open`: the promise is neither kept nor
    broken yet.
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
    """Per metric: how many are open usually; and per clock: how many break before it."""

    typical_lengths: Mapping[str, float]
    positions: Mapping[UUID, int]

    def position_of(self, tracked: TicketClock) -> int | None:
        is_paused = tracked.clock.state == "paused"
        return None if is_paused else self.positions.get(tracked.id, 0)


def is_forecastable(tracked: TicketClock) -> bool:
    """Whether it is a customer's promise that can still be kept or broken."""
    clock = tracked.clock
    is_open = clock.state in ("running", "paused") and clock.breached_at is None
    return (
        clock.contract == "sla"
        and is_open
        and clock.terms.target is not None
        and tracked.ticket.customer_id is not None
    )


def progress_of(
    tracked: TicketClock, queue: Queue, at: datetime, tables: Timetables
) -> PromiseProgress:
    """Where a forecastable clock stands at `at`."""
    clock, ticket = tracked.clock, tracked.ticket
    assert clock.terms.target is not None
    queue_position = queue.position_of(tracked)
    return PromiseProgress(
        (clock.metric, ticket.priority, ticket.kind),
        snapshot_of(clock, at, tables).counted.total_seconds(),
        max(clock.terms.target, timedelta(seconds=1)).total_seconds(),
        queue_position,
        queue.typical_lengths.get(clock.metric, float(queue_position or 0)),
    )


def make_forecast(
    id: UUID,
    tracked: TicketClock,
    progress: PromiseProgress,
    curves: Curves,
    at: datetime,
    previous: Forecast | None,
) -> Forecast:
    """The forecast made at `at`; `id` is that of a first one."""
    assert tracked.ticket.customer_id is not None
    estimated = estimate_breach(progress, curves)
    previous_outlook = previous.outlook if previous is not None and previous.open else None
    new_outlook = classify(estimated.probability, previous_outlook)
    return Forecast(
        previous.id if previous else id,
        tracked.id,
        tracked.ticket.customer_id,
        progress,
        estimated,
        new_outlook,
        tracked.clock.deadline,
        tracked.clock.cycle,
        min(QUARTER_COUNT - 1, int(progress.used_ratio * QUARTER_COUNT)),
        at,
        previous.changed_at if previous is not None and new_outlook == previous_outlook else at,
        True,
        previous.sequence if previous else 0,
    )


def changed_class(previous: Forecast | None, current: Forecast) -> bool:
    """Whether people are to be told: what was expected to hold no longer is, or the other way."""
    previous_outlook = previous.outlook if previous is not None else "safe"
    return previous_outlook != current.outlook


def is_scored(previous: Forecast | None, current: Forecast) -> bool:
    """Whether it is the first in its quarter of this cycle: that is what is scored later."""
    return previous is None or (previous.cycle, previous.quarter) != (
        current.cycle,
        current.quarter,
    )


def needs_update(previous: Forecast | None, current: Forecast) -> bool:
    """Whether it says anything that the one before did not."""
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
    """With the sequence of the event that tells of it."""
    return replace(forecast, sequence=forecast.sequence + 1)
