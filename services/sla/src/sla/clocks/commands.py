"""Store new and changed clocks, schedule their next firing and publish their events.

What waivers and forecasts do when a clock changes: see `sla.reactions`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from common.events.clocks import ClockEvent
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, schedule
from sla.agreements.domain.agreement import Terms
from sla.calendars import store as calendars
from sla.clocks import reactions
from sla.clocks.domain.clock import Input, Timetables
from sla.clocks.domain.ticket_clock import Change, TicketClock
from sla.clocks.events import EventContext, events_for_change, events_for_new
from sla.clocks.store import clocks, inputs
from sla.clocks.store.inputs import StoredInput

DEADLINE_KIND = "clock"
"""The kind of the deadline of a clock's next firing. Subject: the clock."""


async def load_timetables(
    tx: Connection, ticket_clocks: Iterable[TicketClock], extra_terms: Iterable[Terms] = ()
) -> Timetables:
    """Load the timetables that these clocks count by, or ever counted by."""
    calendar_ids: set[UUID] = {terms.calendar for terms in extra_terms}
    for one in ticket_clocks:
        calendar_ids.add(one.clock.terms.calendar)
        calendar_ids.update(stretch.calendar for stretch in one.clock.stretches)
    return await calendars.load_timetables(tx, calendar_ids)


async def create_clocks(
    tx: Connection, new_clocks: Sequence[tuple[TicketClock, Input]], at: datetime
) -> None:
    """Store and publish new clocks, each with the input that opened it."""
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
    deadlines = [_deadline(one) for one, _ in new_clocks if one.next_at is not None]
    await schedule(tx, deadlines)
    await publish(tx, *all_events)


async def apply_changes(
    tx: Connection, changes: Iterable[Change], at: datetime, *, fired_without_events: bool = False
) -> None:
    """Store the changes, call the reactions of other nouns, and publish events.

    The clocks' rows are locked. A change that leaves its clock as it was is not stored.
    """
    effective = [c for c in changes if c.steps and c.clock != c.before.clock]
    if not effective:
        return
    clock_reactions = reactions.get_installed()
    for revise in clock_reactions.before_save:
        effective = await revise(tx, effective)
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
    for react in clock_reactions.after_save:
        await react(tx, effective)
    await reschedule(
        tx,
        [
            clock
            for clock, change in zip(updated, effective, strict=True)
            if _needs_reschedule(clock, change)
        ],
    )
    await publish(tx, *all_events)


async def reschedule(tx: Connection, ticket_clocks: Iterable[TicketClock]) -> None:
    """Schedule the next firing of these clocks; cancel the deadline of those without one."""
    await schedule(tx, [_deadline(one) for one in ticket_clocks])


def _deadline(ticket_clock: TicketClock) -> Deadline:
    key = str(ticket_clock.ticket.id)
    return Deadline(DEADLINE_KIND, ticket_clock.id, ticket_clock.next_at, key)


def _needs_reschedule(after: TicketClock, change: Change) -> bool:
    # A fired deadline is gone, though the next one may be due at the same instant.
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
