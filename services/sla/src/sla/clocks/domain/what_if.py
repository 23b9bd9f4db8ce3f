"""A clock under another agreement: its own inputs, folded with other terms. Pure.

A stored input has terms, but not the priority for which they were promised; it is the priority of
the former agreement that has these terms.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from sla.agreements.domain.agreement import Agreement, Metric, Terms
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.clocks.domain.backfill import new_late_clock
from sla.clocks.domain.clock import Clock, Input, Outcome, Timetables
from sla.clocks.domain.compliance import Compliance
from sla.clocks.domain.fold import step
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.ticket_clock import ContractTicket, TicketClock

NO_ID = UUID(int=0)
"""The id of a clock that is not stored."""


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A clock as it is, and as it would be.

    `breaches_immediately`: it is open and not breached, and would breach at the moment at which it
    is moved to the other agreement (C6).

    `is_new`: only the other agreement promises it. Then `ticket_clock` is a clock without a target,
    whose id nothing stored has.
    """

    ticket_clock: TicketClock
    simulated: Clock
    breaches_immediately: bool
    is_new: bool = False

    @property
    def deadline_changed(self) -> bool:
        return not self.is_new and self.ticket_clock.clock.deadline != self.simulated.deadline

    @property
    def outcome_changed(self) -> bool:
        return not self.is_new and self.ticket_clock.clock.outcome != self.simulated.outcome


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


@dataclass(frozen=True, slots=True)
class MissingPromise:
    """A metric of a ticket that only the other agreement promises; it would count from `since` on.

    `inputs` are those of the ticket since then. `is_open`: the ticket is, so that a move starts it.
    """

    contract_ticket: ContractTicket
    metric: Metric
    since: datetime
    inputs: Sequence[Input]
    is_open: bool


def what_if_promised(
    missing: MissingPromise, new: Agreement, as_of: datetime, tables: Timetables
) -> WhatIf:
    """Simulate a promise that is new: as if it had held from `since` on, with the present priority.

    Whether it breaches immediately is judged as a move starts it: at `as_of`, and not where it would
    have ended before (decision 0601). Raises NeverOpens, OutOfRange.
    """
    contract_ticket, metric = missing.contract_ticket, missing.metric
    ticket = contract_ticket.ticket
    terms = new.terms_for(metric, ticket.priority, ticket.kind, ticket.traits)
    moved = Input(0, "agreement_moved", as_of, as_of, terms)
    change, _ = new_late_clock(
        NO_ID, contract_ticket, metric, missing.since, missing.inputs, moved, tables
    )
    opening = Input(1, "opened", missing.since, missing.since, terms)
    inputs = [opening, *missing.inputs]
    run = simulate(metric, inputs, as_of, tables, contract_ticket.contract)
    started = change.clock
    breaks = (
        missing.is_open
        and started.state == "running"
        and started.deadline is not None
        and started.deadline < as_of
    )
    return WhatIf(change.before, run.clock, breaks, is_new=True)


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
