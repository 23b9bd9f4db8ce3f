"""What waivers do when clocks change: cover breaches, and reschedule reminders (C11)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from common.persistence.database import Connection
from sla.clocks.commands import load_timetables
from sla.clocks.domain.clock import Timetables
from sla.clocks.domain.ticket_clock import Change, TicketClock
from sla.waivers.deadlines import reschedule_requests
from sla.waivers.domain.period import (
    breach_instants,
    find_contradiction,
    with_period_waivers,
    with_waivers_reconsidered,
)
from sla.waivers.store import waivers


async def cover_breaches(tx: Connection, changes: list[Change]) -> list[Change]:
    """Return the changes, with the waivers over a period that cover a breach as inputs before it.

    Nothing is read unless a clock breaches in these changes.
    """
    breaching = [change for change in changes if any(breach_instants(change))]
    if not breaching:
        return changes
    first_breached_at = min(at for change in breaching for at in breach_instants(change))
    period_waivers = await waivers.list_period_waivers(
        tx, _customers_of(breaching), first_breached_at
    )
    if not period_waivers:
        return changes
    tables = await _load_timetables(tx, breaching)
    return [with_period_waivers(change, period_waivers, tables) for change in changes]


async def reconsider_breaches(tx: Connection, changes: list[Change]) -> list[Change]:
    """Return the changes of a reclassified ticket, its breaches waived by its present service.

    Waivers over a period of its former service no longer cover them.
    """
    breaches = [at for one in changes if (at := one.clock.breached_at) is not None]
    if not breaches:
        return changes
    period_waivers = await waivers.list_period_waivers(tx, _customers_of(changes), min(breaches))
    tables = await _load_timetables(tx, changes)
    return [with_waivers_reconsidered(one, period_waivers, tables) for one in changes]


async def reschedule_reminders(tx: Connection, changes: Sequence[Change]) -> None:
    """Reschedule the reminders of open requests about clocks whose deadline changed."""
    await reschedule_requests(
        tx, [one.before.id for one in changes if one.clock.deadline != one.before.clock.deadline]
    )


async def find_contradictions(
    tx: Connection, ticket_clocks: Sequence[TicketClock]
) -> Mapping[UUID, str]:
    """Return, by clock id, how the outcome of a breached clock contradicts the decided waivers."""
    breached = [one for one in ticket_clocks if one.clock.breached_at is not None]
    if not breached:
        return {}
    customers = {id for one in breached if (id := one.ticket.customer_id) is not None}
    decided = await waivers.list_decided(tx, [one.id for one in breached], customers)
    contradictions = {one.id: find_contradiction(one, decided) for one in breached}
    return {id: detail for id, detail in contradictions.items() if detail is not None}


def _customers_of(changes: Iterable[Change]) -> set[UUID]:
    return {id for one in changes if (id := one.before.ticket.customer_id) is not None}


async def _load_timetables(tx: Connection, changes: Collection[Change]) -> Timetables:
    extra_terms = [
        clock_input.terms
        for change in changes
        for clock_input, _ in change.steps
        if clock_input.terms is not None
    ]
    return await load_timetables(tx, [change.before for change in changes], extra_terms)
