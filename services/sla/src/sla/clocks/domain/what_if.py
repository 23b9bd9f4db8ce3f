"""What would have become of a clock under another agreement: its own inputs, folded with that. Pure.

A stored input names terms, and not the priority for which they were promised; that is found by
looking which priority of the former agreement has these terms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from sla.agreements.domain.agreement import Agreement, Terms
from sla.agreements.domain.coverage_extension import PRIORITIES
from sla.clocks.domain.clock import Clock, Input, Outcome, Timetables
from sla.clocks.domain.fold import step
from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.ticket_clock import Tracked
from sla.reports.domain.compliance import Compliance


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A clock as it is, and as it would be. `at_once`: it is open and whole, and would breach at the
    very moment at which it is moved to the other agreement (C6)."""

    tracked: Tracked
    would: Clock
    at_once: bool

    @property
    def moved(self) -> bool:
        return self.tracked.clock.deadline != self.would.deadline

    @property
    def decided_otherwise(self) -> bool:
        return self.tracked.clock.outcome != self.would.outcome


def what_if(
    tracked: Tracked,
    heard: Iterable[Input],
    agreements: tuple[Agreement | None, Agreement],
    as_of: datetime,
    tables: Timetables,
) -> WhatIf:
    """`agreements`: the one under which its ticket was opened, and the one to try.

    Raises NeverOpens, OutOfRange.
    """
    old, new = agreements
    clock, ticket = tracked.clock, tracked.ticket
    inputs = [_instead(one, tracked, old, new) for one in heard if one.firing is None]
    run = simulate(clock.metric, inputs, as_of, tables, clock.contract)
    terms = new.terms(clock.metric, ticket.priority, ticket.kind)
    return WhatIf(tracked, run.clock, _breaks_at_once(clock, terms, as_of, tables))


def compliance(outcomes: Iterable[Outcome | None]) -> Compliance:
    """Of clocks that came to an outcome."""
    counted = [one for one in outcomes if one is not None]
    return Compliance(*(counted.count(one) for one in ("met", "breached", "waived")))


def by_metric(tried: Iterable[WhatIf]) -> Mapping[str, tuple[Compliance, Compliance]]:
    """How it was, and how it would have been."""
    found: dict[str, list[WhatIf]] = {}
    for one in tried:
        found.setdefault(one.would.metric, []).append(one)
    return {
        metric: (
            compliance(one.tracked.clock.outcome for one in mine),
            compliance(one.would.outcome for one in mine),
        )
        for metric, mine in found.items()
    }


def _instead(heard: Input, tracked: Tracked, old: Agreement | None, new: Agreement) -> Input:
    if heard.terms is None:
        return heard
    priority = _priority(heard.terms, tracked, old)
    return replace(heard, terms=new.terms(tracked.clock.metric, priority, tracked.ticket.kind))


def _priority(terms: Terms, tracked: Tracked, old: Agreement | None) -> str:
    """For which priority these terms held: the present one where several, or none, had them."""
    metric, ticket = tracked.clock.metric, tracked.ticket
    fitting = [
        priority
        for priority in (PRIORITIES if old else ())
        if old and _alike(old.terms(metric, priority, ticket.kind), terms)
    ]
    return fitting[0] if fitting and ticket.priority not in fitting else ticket.priority


def _alike(one: Terms, other: Terms) -> bool:
    # Not by calendar: cover extensions change that, and the priority stays what it was.
    return (one.target, one.pausable) == (other.target, other.pausable)


def _breaks_at_once(clock: Clock, terms: Terms, at: datetime, tables: Timetables) -> bool:
    if clock.state not in ("running", "paused") or clock.breached_at is not None:
        return False
    moved = step(clock, Input(0, "agreement_moved", at, at, terms), tables)
    return moved.state == "running" and moved.deadline is not None and moved.deadline < at
