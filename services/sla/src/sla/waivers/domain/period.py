"""Apply waivers over a period to the clocks that breach in it. Pure.

Such a waiver becomes an input of a clock just before its breach. Until then it changes nothing, so
clocks that start later need no search (decision 0631).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sla.clocks.domain.clock import BREACH, ClockWaiver, Input, Timetables
from sla.clocks.domain.ticket_clock import Change, Ticket, TicketClock, with_inputs
from sla.waivers.domain.waiver import Waiver


def breach_instants(change: Change) -> Iterator[datetime]:
    """Yield the instants at which the clock breaches in a change."""
    for input, _ in change.steps:
        if input.firing is not None and input.firing.kind == BREACH:
            yield input.firing.due_at


def with_period_waivers(change: Change, waivers: Iterable[Waiver], tables: Timetables) -> Change:
    """Return the change with the waivers of each breach as inputs before it (C9, C11)."""
    if change.before.clock.contract != "sla":
        return change  # waivers are about promises to customers
    applicable = list(_applicable_clock_waivers(change.before.ticket, waivers))
    known_ids = {waived.waiver_id for waived in change.before.clock.waivers}
    inputs: list[Input] = []
    for input, _ in change.steps:
        if input.firing is not None and input.firing.kind == BREACH:
            for clock_waiver in applicable:
                if clock_waiver.waiver_id not in known_ids and clock_waiver.covers(
                    input.firing.due_at
                ):
                    known_ids.add(clock_waiver.waiver_id)
                    inputs.append(
                        Input(0, "waived", clock_waiver.at, input.known_at, waiver=clock_waiver)
                    )
        inputs.append(input)
    return change if len(inputs) == len(change.steps) else with_inputs(change, inputs, tables)


def with_waivers_reconsidered(
    change: Change, waivers: Iterable[Waiver], tables: Timetables
) -> Change:
    """Return the change of a reclassified ticket, its breach waived by its present service (C11).

    Waivers over a period of the former service no longer cover the breach; those of the present
    service do.
    """
    clock, ticket = change.clock, change.before.ticket
    breached_at, known_at = clock.breached_at, change.steps[-1][0].known_at
    if breached_at is None or clock.contract != "sla":
        return change
    clock_waivers: list[ClockWaiver] = []
    for waiver in waivers:
        covers_breach = waiver.clock_waiver is not None and waiver.clock_waiver.covers(breached_at)
        is_recorded = any(
            one.waiver_id == waiver.id and one.covers(breached_at) for one in clock.waivers
        )
        if is_recorded and not _applies_to(waiver, ticket):
            clock_waivers.append(ClockWaiver(waiver.id, known_at, known_at))
        elif (
            waiver.clock_waiver is not None
            and covers_breach
            and not is_recorded
            and _applies_to(waiver, ticket)
        ):
            clock_waivers.append(waiver.clock_waiver)
    inputs = [Input(0, "waived", one.at, known_at, waiver=one) for one in clock_waivers]
    existing_inputs = [one for one, _ in change.steps]
    return with_inputs(change, [*existing_inputs, *inputs], tables) if inputs else change


def find_contradiction(ticket_clock: TicketClock, waivers: Iterable[Waiver]) -> str | None:
    """Return how the outcome of a breached clock contradicts the waivers; None where it does not.

    `waivers`: the decided ones of its customer, of clocks and over periods.
    """
    breached_at = ticket_clock.clock.breached_at
    if breached_at is None:
        return None
    decided = list(waivers)
    own_waivers = [one for one in decided if one.clock_id == ticket_clock.id and not one.late]
    period_waivers = [
        one for one in decided if _is_period_waiver_of(one, ticket_clock) and not one.late
    ]
    covering_keys = [
        one.key
        for one in own_waivers + period_waivers
        if one.clock_waiver and one.clock_waiver.covers(breached_at)
    ]
    if covering_keys and ticket_clock.clock.waiver is None:
        return f"breached while {covering_keys[0]} covered it, and is not waived"
    if not covering_keys and ticket_clock.clock.waiver is not None:
        return "is waived without an approved waiver"
    return None


def _is_period_waiver_of(waiver: Waiver, ticket_clock: TicketClock) -> bool:
    return ticket_clock.clock.contract == "sla" and _applies_to(waiver, ticket_clock.ticket)


def _applicable_clock_waivers(ticket: Ticket, waivers: Iterable[Waiver]) -> Iterator[ClockWaiver]:
    for waiver in waivers:
        if _applies_to(waiver, ticket) and waiver.clock_waiver is not None:
            yield waiver.clock_waiver


def _applies_to(waiver: Waiver, ticket: Ticket) -> bool:
    is_same_customer = waiver.customer_id == ticket.customer_id and waiver.clock_id is None
    return is_same_customer and waiver.service in (None, ticket.service)
