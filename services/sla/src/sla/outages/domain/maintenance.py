"""Planned maintenance: announced, and agreed before it starts (R15, C12). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Final
from uuid import UUID

from common.domain import Rejection
from sla.outages.domain.scope import AvailabilityQuery, Scope
from sla.outages.domain.state_timeline import Window

SELF_APPROVAL: Final = Rejection(
    "SELF_APPROVAL",
    "The customer, or another person than who announced or moved it, agrees to it.",
)
TOO_LATE: Final = Rejection("TOO_LATE", "It has started; maintenance is agreed before it starts.")
ALREADY_AGREED: Final = Rejection("ALREADY_AGREED", "It is already agreed.")
CANCELLED: Final = Rejection("ALREADY_OVER", "It is over or cancelled.")
STARTED: Final = Rejection(
    "ALREADY_STARTED", "It has started; end it now, and announce another one for what is left."
)
ANOTHER_WINDOW: Final = Rejection(
    "ANOTHER_WINDOW",
    "It has another window, which `present` shows. Agree to that one, if it suits you.",
)
UNMOVED: Final = Rejection("UNMOVED", "It has this very window already.")
MAX_DURATION = timedelta(days=31)
"""A longer window is a shutdown, which belongs into the agreement."""
_ScopeKey = tuple[UUID | str | None, ...]


@dataclass(frozen=True, slots=True)
class PlannedMaintenance:
    """Planned maintenance over `[starts_at, ends_at)`; when it is cancelled, it ends there.

    Its downtime is excluded only if a second person agreed to it before it started. Moved, it waits for
    an agreement to its new window.
    """

    id: UUID
    key: str
    scope: Scope
    title: str
    starts_at: datetime
    ends_at: datetime
    announced_by: str
    announced_at: datetime
    agreed_by: str | None = None
    agreed_at: datetime | None = None
    cancelled_by: str | None = None
    cancelled_at: datetime | None = None
    moved_by: str | None = None
    moved_at: datetime | None = None
    sequence: int = 1

    def window(self) -> Window | None:
        """Return the window that excludes downtime; None without an agreement in time."""
        if self.agreed_at is None or self.agreed_at >= self.starts_at:
            return None
        end = min(self.ends_at, self.cancelled_at or self.ends_at)
        return Window(self.starts_at, end, self.key) if self.starts_at < end else None


def agree(
    maintenance: PlannedMaintenance,
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    at: datetime,
) -> PlannedMaintenance | Rejection:
    """Agree to this window of maintenance: by another person than who announced it, before it starts.

    Whoever moves it meanwhile would else have it agreed to by somebody who never saw the new window.
    """
    if maintenance.cancelled_at is not None:
        return CANCELLED
    if maintenance.agreed_at is not None:
        return ALREADY_AGREED
    if actor in {maintenance.announced_by, maintenance.moved_by}:
        return SELF_APPROVAL
    if at >= maintenance.starts_at:
        return TOO_LATE
    if (starts_at, ends_at) != (maintenance.starts_at, maintenance.ends_at):
        return ANOTHER_WINDOW
    return replace(maintenance, agreed_by=actor, agreed_at=at, sequence=maintenance.sequence + 1)


def move(
    maintenance: PlannedMaintenance,
    starts_at: datetime,
    ends_at: datetime,
    actor: str,
    at: datetime,
) -> PlannedMaintenance | Rejection:
    """Move maintenance that has not started to another window, to which somebody has to agree anew.

    What was agreed to was the old window: moved alone by one person, it would excuse any downtime.
    """
    if maintenance.cancelled_at is not None or at >= maintenance.ends_at:
        return CANCELLED
    if at >= maintenance.starts_at:
        return STARTED
    if (starts_at, ends_at) == (maintenance.starts_at, maintenance.ends_at):
        return UNMOVED
    return replace(
        maintenance,
        starts_at=starts_at,
        ends_at=ends_at,
        moved_by=actor,
        moved_at=at,
        agreed_by=None,
        agreed_at=None,
        sequence=maintenance.sequence + 1,
    )


def cancel(
    maintenance: PlannedMaintenance, actor: str, at: datetime
) -> PlannedMaintenance | Rejection:
    """Cancel maintenance, or end it early: downtime from `at` on counts."""
    if maintenance.cancelled_at is not None or at >= maintenance.ends_at:
        return CANCELLED
    return replace(
        maintenance, cancelled_by=actor, cancelled_at=at, sequence=maintenance.sequence + 1
    )


class MaintenancePlan:
    """All maintenance windows, indexed by scope."""

    def __init__(self, planned_maintenance: Iterable[PlannedMaintenance]) -> None:
        self._by_scope: dict[_ScopeKey, list[Window]] = {}
        self._by_customer: dict[UUID | None, list[tuple[Scope, Window]]] = {}
        for maintenance in planned_maintenance:
            window, scope = maintenance.window(), maintenance.scope
            if window is not None:
                self._by_scope.setdefault(_scope_key(scope), []).append(window)
                self._by_customer.setdefault(scope.customer_id, []).append((scope, window))

    def windows_covering(self, scope: Scope) -> Iterator[Window]:
        """Yield the windows that cover all of a scope: of the same scope or a wider one."""
        for scope_key in product(*({None, name} for name in _scope_key(scope))):
            yield from self._by_scope.get(scope_key, ())

    def windows_concerning(self, query: AvailabilityQuery) -> Iterator[Window]:
        """Yield the windows that concern the query at least in part."""
        customer_id = query.customer_id
        customer_ids = self._by_customer if customer_id is None else {customer_id, None}
        for scope, window in chain(*(self._by_customer.get(one, ()) for one in customer_ids)):
            if query.includes(scope):
                yield window


def _scope_key(scope: Scope) -> _ScopeKey:
    return scope.customer_id, scope.environment, scope.service
