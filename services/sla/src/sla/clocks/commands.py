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
from sla.clocks.domain.ticket_clock import Change, TicketClock
from sla.clocks.events import EventContext, events_for_change, events_for_new
from sla.clocks.store import clocks, inputs
from sla.clocks.store.inputs import StoredInput
from sla.forecasts.domain.handling_times import handling_time_changes
from sla.forecasts.store import handling_times
from sla.waivers.deadlines import reschedule_requests
from sla.waivers.domain.period import breach_instants, with_period_waivers
from sla.waivers.store import waivers

DEADLINE_KIND = "clock"
"""The kind of deadline that a clock arms: its next firing, whatever that is."""


async def load_timetables(
    tx: Connection, ticket_clocks: Iterable[TicketClock], extra_terms: Iterable[Terms] = ()
) -> Timetables:
    """The timetables that these clocks count by, or ever counted by."""
    calendar_ids: set[UUID] = {terms.calendar for terms in extra_terms}
    for one in ticket_clocks:
        calendar_ids.add(one.clock.terms.calendar)
        calendar_ids.update(stretch.calendar for stretch in one.clock.stretches)
    return await calendars.load_timetables(tx, calendar_ids)


async def create_clocks(
    tx: Connection, new_clocks: Sequence[tuple[TicketClock, Input]], at: datetime
) -> None:
    """Store and announce new clocks, each with the input that opened it."""
    if not new_clocks:
        return
    all_events, numbered_clocks = [], []
    for ticket_clock, opening in new_clocks:
        outbox_events = _number_events(ticket_clock, events_for_new(EventContext(ticket_clock, at)))
        all_events += outbox_events
        numbered_clocks.append(
            (replace(ticket_clock, sequence=ticket_clock.sequence + len(outbox_events)), opening)
        )
    await clocks.add(tx, numbered_clocks)
    deadlines = [
        Deadline(DEADLINE_KIND, t.id, t.next_at) for t, _ in new_clocks if t.next_at is not None
    ]
    await schedule(tx, deadlines)
    await publish(tx, *all_events)


async def apply_changes(
    tx: Connection, changes: Iterable[Change], at: datetime, *, fired_without_events: bool = False
) -> None:
    """Store and announce what changed; the clocks' rows are locked. What changed nothing is not
    worth an input."""
    effective = [c for c in changes if c.steps and c.clock != c.before.clock]
    if not effective:
        return
    effective = await _apply_period_waivers(tx, effective)
    all_events, updated, stored_inputs = [], [], []
    for change in effective:
        outbox_events = _number_events(
            change.before,
            events_for_change(EventContext(change.before, at, fired_without_events), change),
        )
        all_events += outbox_events
        stored_inputs += [
            StoredInput(change.before.id, one, fired_without_events) for one, _ in change.steps
        ]
        updated.append(_updated_clock(change, len(outbox_events)))
    await clocks.save(tx, updated)
    await inputs.append(tx, stored_inputs)
    await handling_times.add_changes(
        tx, [one for change in effective for one in handling_time_changes(change)]
    )
    await reschedule_requests(
        tx, [c.before.id for c in effective if c.clock.deadline != c.before.clock.deadline]
    )
    await reschedule(
        tx,
        [one for one, was in zip(updated, effective, strict=True) if _needs_reschedule(one, was)],
    )
    await publish(tx, *all_events)


async def _apply_period_waivers(tx: Connection, changes: list[Change]) -> list[Change]:
    """The changes, what breaks in them having met the waivers over a period (C11).

    Here because everything that breaks, by time or by news, is stored by `go_on`.
    """
    breaching = [change for change in changes if any(breach_instants(change))]
    if not breaching:
        return changes
    customers = {id for c in breaching if (id := c.before.ticket.customer_id) is not None}
    first_breached_at = min(at for change in breaching for at in breach_instants(change))
    period_waivers = await waivers.list_period_waivers(tx, customers, first_breached_at)
    if not period_waivers:
        return changes
    extra_terms = [
        clock_input.terms
        for c in breaching
        for clock_input, _ in c.steps
        if clock_input.terms is not None
    ]
    tables = await load_timetables(tx, [change.before for change in breaching], extra_terms)
    return [with_period_waivers(change, period_waivers, tables) for change in changes]


async def reschedule(tx: Connection, ticket_clocks: Iterable[TicketClock]) -> None:
    """Let the deadlines of these clocks stand at their next firing."""
    await schedule(tx, [Deadline(DEADLINE_KIND, one.id, one.next_at) for one in ticket_clocks])


def _needs_reschedule(after: TicketClock, change: Change) -> bool:
    # One that has fired is no longer armed, though the next may be due at the same instant.
    has_fired = any(clock_input.firing is not None for clock_input, _ in change.steps)
    return has_fired or after.next_at != change.before.next_at


def _number_events(ticket_clock: TicketClock, events: Iterable[ClockEvent]) -> list[OutboxEvent]:
    return [
        OutboxEvent(event, number)
        for number, event in enumerate(events, start=ticket_clock.sequence + 1)
    ]


def _updated_clock(change: Change, event_count: int) -> TicketClock:
    return replace(
        change.before,
        clock=change.clock,
        ordinal=change.ordinal,
        sequence=change.before.sequence + event_count,
        next_at=change.next_at,
    )
