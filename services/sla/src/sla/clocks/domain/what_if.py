"""A clock under another agreement: its own inputs, folded with other terms. Pure.

A stored input has terms, but not the priority for which they were promised; it is the priority of
the former agreement that has these terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from sla.agreements.domain.agreement import Agreement, Terms
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.clocks.domain.clock import Clock, Input, Outcome, Timetables
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.fold import step
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.ticket_clock import TicketClock


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A clock as it is, and as it would be.

    `breaches_immediately`: it is open and not breached, and would breach at the moment at which it
    is moved to the other agreement (C6).
    """

    ticket_clock: TicketClock
    simulated: Clock
    breaches_immediately: bool

    @property
    def deadline_changed(self) -> bool:
        return self.ticket_clock.clock.deadline != self.simulated.deadline

    @property
    def outcome_changed(self) -> bool:
        return self.ticket_clock.clock.outcome != self.simulated.outcome


def what_if(
    ticket_clock: TicketClock,
    history: Iterable[Input],
    agreements: tuple[Agreement | None, Agreement],
    as_of: datetime,
    tables: Timetables,
) -> WhatIf:
    """Simulate a clock under another agreement. Raises NeverOpens, OutOfRange.

    `agreements`: the one under which its ticket was opened, and the other one.
    """
    old, new = agreements
    clock, ticket = ticket_clock.clock, ticket_clock.ticket
    inputs = [_with_new_terms(one, ticket_clock, old, new) for one in history if one.firing is None]
    run = simulate(clock.metric, inputs, as_of, tables, clock.contract)
    terms = new.terms_for(clock.metric, ticket.priority, ticket.kind, ticket.traits)
    return WhatIf(ticket_clock, run.clock, _would_breach_immediately(clock, terms, as_of, tables))


def compliance(outcomes: Iterable[Outcome | None]) -> Compliance:
    """Count the outcomes; None is not counted."""
    decided = [one for one in outcomes if one is not None]
    return Compliance(*(decided.count(one) for one in ("met", "breached", "waived")))


def by_metric(results: Iterable[WhatIf]) -> Mapping[str, tuple[Compliance, Compliance]]:
    """Return the actual and the simulated compliance, by metric."""
    grouped: dict[str, list[WhatIf]] = {}
    for one in results:
        grouped.setdefault(one.simulated.metric, []).append(one)
    return {
        metric: (
            compliance(one.ticket_clock.clock.outcome for one in what_ifs),
            compliance(one.simulated.outcome for one in what_ifs),
        )
        for metric, what_ifs in grouped.items()
    }


def _with_new_terms(
    input: Input, ticket_clock: TicketClock, old: Agreement | None, new: Agreement
) -> Input:
    if input.terms is None:
        return input
    priority = _find_priority(input.terms, ticket_clock, old)
    metric, ticket = ticket_clock.clock.metric, ticket_clock.ticket
    return replace(input, terms=new.terms_for(metric, priority, ticket.kind, ticket.traits))


def _find_priority(terms: Terms, ticket_clock: TicketClock, old: Agreement | None) -> str:
    """Return the priority with these terms: the present one if several or none have them."""
    metric, ticket = ticket_clock.clock.metric, ticket_clock.ticket
    matching = [
        priority
        for priority in (PRIORITIES if old else ())
        if old
        and _is_same_promise(old.terms_for(metric, priority, ticket.kind, ticket.traits), terms)
    ]
    return matching[0] if matching and ticket.priority not in matching else ticket.priority


def _is_same_promise(left: Terms, right: Terms) -> bool:
    # Not by calendar: a coverage extension changes the calendar, not the priority.
    return (left.target, left.pausable) == (right.target, right.pausable)


def _would_breach_immediately(clock: Clock, terms: Terms, at: datetime, tables: Timetables) -> bool:
    if clock.state not in ("running", "paused") or clock.breached_at is not None:
        return False
    after_move = step(clock, Input(0, "agreement_moved", at, at, terms), tables)
    return (
        after_move.state == "running"
        and after_move.deadline is not None
        and after_move.deadline < at
    )
