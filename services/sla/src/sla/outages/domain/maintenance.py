"""Maintenance that is announced, and agreed before it begins (R15, C12). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Literal
from uuid import UUID

from sla.outages.domain.scope import AvailabilityQuery, Scope
from sla.outages.domain.state_timeline import Window

RejectionCode = Literal["SELF_APPROVAL", "TOO_LATE", "ALREADY_AGREED", "ALREADY_OVER"]
MAX_DURATION = timedelta(days=31)
"""A window that is longer is a shutdown, which the agreement should say."""
_ScopeKey = tuple[UUID | str | None, ...]


@dataclass(frozen=True, slots=True)
class PlannedMaintenance:
    """`[starts_at, ends_at)`. It excuses downtime only once a second person has agreed to it, and
    only if that was before it began; cancelled, it ends there."""

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
    sequence: int = 1

    def window(self) -> Window | None:
        """What it excuses; None while it is not agreed, and where nothing is left of it."""
        if self.agreed_at is None or self.agreed_at >= self.starts_at:
            return None
        end = min(self.ends_at, self.cancelled_at or self.ends_at)
        return Window(self.starts_at, end, self.key) if self.starts_at < end else None


def agree(
    maintenance: PlannedMaintenance, actor: str, at: datetime
) -> PlannedMaintenance | RejectionCode:
    """Another person's word, given before it begins: what is agreed afterwards excuses nothing."""
    if maintenance.cancelled_at is not None:
        return "ALREADY_OVER"
    if maintenance.agreed_at is not None:
        return "ALREADY_AGREED"
    if actor == maintenance.announced_by:
        return "SELF_APPROVAL"
    if at >= maintenance.starts_at:
        return "TOO_LATE"
    return replace(maintenance, agreed_by=actor, agreed_at=at, sequence=maintenance.sequence + 1)


def cancel(
    maintenance: PlannedMaintenance, actor: str, at: datetime
) -> PlannedMaintenance | RejectionCode:
    """Called off, or ended early. Downtime from then on counts again."""
    if maintenance.cancelled_at is not None or at >= maintenance.ends_at:
        return "ALREADY_OVER"
    return replace(
        maintenance, cancelled_by=actor, cancelled_at=at, sequence=maintenance.sequence + 1
    )


class MaintenancePlan:
    """All windows of maintenance, found by where they are: however many others were planned."""

    def __init__(self, planned_maintenance: Iterable[PlannedMaintenance]) -> None:
        self._by_scope: dict[_ScopeKey, list[Window]] = {}
        self._by_customer: dict[UUID | None, list[tuple[Scope, Window]]] = {}
        for maintenance in planned_maintenance:
            window, scope = maintenance.window(), maintenance.scope
            if window is not None:
                self._by_scope.setdefault(_scope_key(scope), []).append(window)
                self._by_customer.setdefault(scope.customer_id, []).append((scope, window))

    def windows_covering(self, scope: Scope) -> Iterator[Window]:
        """The windows that excuse an outage at the place: all of it must have been in maintenance,
        so a window names the same as the place, or leaves the name out."""
        for scope_key in product(*({None, name} for name in _scope_key(scope))):
            yield from self._by_scope.get(scope_key, ())

    def windows_concerning(self, query: AvailabilityQuery) -> Iterator[Window]:
        """The windows that concern the question at least in part."""
        customer_id = query.customer_id
        customer_ids = self._by_customer if customer_id is None else {customer_id, None}
        for scope, window in chain(*(self._by_customer.get(one, ()) for one in customer_ids)):
            if query.includes(scope):
                yield window


def _scope_key(scope: Scope) -> _ScopeKey:
    return scope.customer_id, scope.environment, scope.service
