"""What was promised to whom, for which kind of ticket, on which calendar. Pure.

One engine for three kinds of contract (R13): `sla` with a customer, `ola` between our own teams,
`uc` with a partner.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

Contract = Literal["sla", "ola", "uc"]
Metric = Literal["first_response", "next_reply", "update", "workaround", "resolution"]
METRICS: tuple[Metric, ...] = (
    "first_response",
    "next_reply",
    "update",
    "workaround",
    "resolution",
)
SHARES = (0.5, 0.75, 0.9)
"""The shares of a target at which people are warned, unless the agreement says otherwise (C7)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The promise that one clock measures. `calendar` is a calendar's version, never its name."""

    target: timedelta | None
    calendar: UUID
    pausable: bool = True
    shares: tuple[float, ...] = SHARES
    ahead: tuple[timedelta, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """`within` None: nothing is promised. A target without `kind` holds for all other kinds."""

    metric: Metric
    priority: str
    within: timedelta | None
    pausable: bool = True
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of an agreement. It is never changed, only superseded by the next (A5).

    `calendars` names the calendar version per priority, so that a blocker may run 24/7 (R10);
    `calendar` is that of all other priorities.
    """

    id: UUID
    key: str
    version: int
    customer_id: UUID
    valid_from: datetime
    valid_until: datetime | None
    targets: tuple[Target, ...]
    calendar: UUID
    calendars: Mapping[str, UUID] = field(default_factory=dict)
    service: str | None = None
    contract: Contract = "sla"
    shares: tuple[float, ...] = SHARES
    ahead: tuple[timedelta, ...] = ()

    def metrics(self) -> tuple[Metric, ...]:
        """Those that get a clock: whatever is promised to at least one priority."""
        promised = {target.metric for target in self.targets if target.within is not None}
        return tuple(metric for metric in METRICS if metric in promised)

    def terms(self, metric: Metric, priority: str, kind: str) -> Terms:
        """The promise for such a ticket; the target of its very kind goes first."""
        fitting = [t for t in self.targets if t.metric == metric and t.priority == priority]
        named = [target for target in fitting if target.kind == kind]
        general = [target for target in fitting if target.kind is None]
        found = next(iter(named + general), None)
        return Terms(
            found.within if found else None,
            self.calendars.get(priority, self.calendar),
            found.pausable if found else True,
            self.shares,
            self.ahead,
        )


def holding(agreements: Iterable[Agreement], service: str | None, at: datetime) -> Agreement | None:
    """The agreement of a customer that covers a ticket opened at `at`: most specific first."""
    valid = [
        agreement
        for agreement in agreements
        if agreement.valid_from <= at
        and (agreement.valid_until is None or at < agreement.valid_until)
        and agreement.service in (None, service)
    ]
    return max(valid, key=lambda found: (found.service is not None, found.version), default=None)
