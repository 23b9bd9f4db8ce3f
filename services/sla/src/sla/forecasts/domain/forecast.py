"""The forecast of one open promise, as it is kept: made anew each time, told only when it turns.

Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.snapshot import standing as standing_of
from sla.clocks.domain.ticket_clock import Tracked
from sla.forecasts.domain.probability import Curves, Estimate, Outlook, Standing, estimate, outlook
from sla.forecasts.domain.survival import bin_of

NEWS = 0.01
"""A probability that moved by less is not written again."""
QUARTERS = 4


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
    standing: Standing
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

    usual: Mapping[str, float]
    ahead: Mapping[UUID, int]

    def before(self, tracked: Tracked) -> int | None:
        waits = tracked.clock.state == "paused"
        return None if waits else self.ahead.get(tracked.id, 0)


def forecastable(tracked: Tracked) -> bool:
    """Whether it is a customer's promise that can still be kept or broken."""
    clock = tracked.clock
    open_still = clock.state in ("running", "paused") and clock.breached_at is None
    return (
        clock.contract == "sla"
        and open_still
        and clock.terms.target is not None
        and tracked.ticket.customer_id is not None
    )


def standing(tracked: Tracked, queue: Queue, at: datetime, tables: Timetables) -> Standing:
    """Where a forecastable clock stands at `at`."""
    clock, ticket = tracked.clock, tracked.ticket
    assert clock.terms.target is not None
    ahead = queue.before(tracked)
    return Standing(
        (clock.metric, ticket.priority, ticket.kind),
        standing_of(clock, at, tables).counted.total_seconds(),
        max(clock.terms.target, timedelta(seconds=1)).total_seconds(),
        ahead,
        queue.usual.get(clock.metric, float(ahead or 0)),
    )


def forecast(
    id: UUID, tracked: Tracked, stands: Standing, curves: Curves, at: datetime, was: Forecast | None
) -> Forecast:
    """The forecast made at `at`; `id` is that of a first one."""
    assert tracked.ticket.customer_id is not None
    found = estimate(stands, curves)
    before = was.outlook if was is not None and was.open else None
    now = outlook(found.probability, before)
    return Forecast(
        was.id if was else id,
        tracked.id,
        tracked.ticket.customer_id,
        stands,
        found,
        now,
        tracked.clock.deadline,
        tracked.clock.cycle,
        min(QUARTERS - 1, int(stands.used * QUARTERS)),
        at,
        was.changed_at if was is not None and now == before else at,
        True,
        was.sequence if was else 0,
    )


def turned(was: Forecast | None, now: Forecast) -> bool:
    """Whether people are to be told: what was expected to hold no longer is, or the other way."""
    before = was.outlook if was is not None else "safe"
    return before != now.outlook


def marks(was: Forecast | None, now: Forecast) -> bool:
    """Whether it is the first in its quarter of this cycle: that is what is scored later."""
    return was is None or (was.cycle, was.quarter) != (now.cycle, now.quarter)


def worth_writing(was: Forecast | None, now: Forecast) -> bool:
    """Whether it says anything that the one before did not."""
    if was is None or marks(was, now) or turned(was, now) or not was.open:
        return True
    moved = abs(was.estimate.probability - now.estimate.probability) >= NEWS
    aged = bin_of(was.standing.age) != bin_of(now.standing.age)
    return (
        moved
        or aged
        or was.expected_breach_at != now.expected_breach_at
        or was.standing.group != now.standing.group
    )


def numbered(told: Forecast) -> Forecast:
    """With the sequence of the event that tells of it."""
    return replace(told, sequence=told.sequence + 1)
