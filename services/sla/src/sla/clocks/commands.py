"""What every edge does with changed clocks: store them, arm their next firing, tell the others."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from common.events.clocks import ClockEvent
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.domain.agreement import Terms
from sla.calendars import store as calendars
from sla.clocks.domain.clock import Input, Timetables
from sla.clocks.domain.ticket_clock import Change, Tracked
from sla.clocks.events import Telling, first_news, news
from sla.clocks.store import clocks, inputs
from sla.clocks.store.inputs import Heard
from sla.forecasts.domain.handling_times import handlings
from sla.forecasts.store import handling_times
from sla.waivers.deadlines import follow
from sla.waivers.domain.period import breaks, excused
from sla.waivers.store import waivers

KIND = "clock"
"""The kind of deadline that a clock arms: its next firing, whatever that is."""


async def timetables(
    tx: Connection, tracked: Iterable[Tracked], also: Iterable[Terms] = ()
) -> Timetables:
    """The timetables that these clocks count by, or ever counted by."""
    wanted: set[UUID] = {terms.calendar for terms in also}
    for one in tracked:
        wanted.add(one.clock.terms.calendar)
        wanted.update(stretch.calendar for stretch in one.clock.stretches)
    return await calendars.timetables(tx, wanted)


async def begin(tx: Connection, begun: Sequence[tuple[Tracked, Input]], at: datetime) -> None:
    """Store and announce new clocks, each with the input that opened it."""
    if not begun:
        return
    announced, kept = [], []
    for tracked, opened in begun:
        said = _numbered(tracked, first_news(Telling(tracked, at)))
        announced += said
        kept.append((replace(tracked, sequence=tracked.sequence + len(said)), opened))
    await clocks.add(tx, kept)
    armed = [Deadline(KIND, t.id, t.next_at) for t, _ in begun if t.next_at is not None]
    await schedule(tx, armed)
    await publish(tx, *announced)


async def go_on(
    tx: Connection, changes: Iterable[Change], at: datetime, *, fired_without_events: bool = False
) -> None:
    """Store and announce what changed; the clocks' rows are locked. What changed nothing is not
    worth an input."""
    changed = [c for c in changes if c.heard and c.clock != c.before.clock]
    if not changed:
        return
    changed = await _excused(tx, changed)
    announced, kept, heard = [], [], []
    for change in changed:
        said = _numbered(
            change.before, news(Telling(change.before, at, fired_without_events), change)
        )
        announced += said
        heard += [Heard(change.before.id, one, fired_without_events) for one, _ in change.heard]
        kept.append(_after(change, len(said)))
    await clocks.save(tx, kept)
    await inputs.append(tx, heard)
    await handling_times.note(tx, [one for change in changed for one in handlings(change)])
    await follow(tx, [c.before.id for c in changed if c.clock.deadline != c.before.clock.deadline])
    await rearm(tx, [one for one, was in zip(kept, changed, strict=True) if _differs(one, was)])
    await publish(tx, *announced)


async def _excused(tx: Connection, changed: list[Change]) -> list[Change]:
    """The changes, what breaks in them having met the waivers over a period (C11).

    Here because everything that breaks, by time or by news, is stored by `go_on`.
    """
    broken = [change for change in changed if any(breaks(change))]
    if not broken:
        return changed
    customers = {id for c in broken if (id := c.before.ticket.customer_id) is not None}
    first = min(at for change in broken for at in breaks(change))
    standing = await waivers.standing(tx, customers, first)
    if not standing:
        return changed
    also = [heard.terms for c in broken for heard, _ in c.heard if heard.terms is not None]
    tables = await timetables(tx, [change.before for change in broken], also)
    return [excused(change, standing, tables) for change in changed]


async def rearm(tx: Connection, tracked: Iterable[Tracked]) -> None:
    """Let the deadlines of these clocks stand at their next firing."""
    await schedule(tx, [Deadline(KIND, one.id, one.next_at) for one in tracked])


def _differs(after: Tracked, change: Change) -> bool:
    # One that has fired is no longer armed, though the next may be due at the same instant.
    fired = any(heard.firing is not None for heard, _ in change.heard)
    return fired or after.next_at != change.before.next_at


def _numbered(tracked: Tracked, events: Iterable[ClockEvent]) -> list[OutboxEvent]:
    return [
        OutboxEvent(event, number)
        for number, event in enumerate(events, start=tracked.sequence + 1)
    ]


def _after(change: Change, said: int) -> Tracked:
    return replace(
        change.before,
        clock=change.clock,
        ordinal=change.ordinal,
        sequence=change.before.sequence + said,
        next_at=change.next_at,
    )
