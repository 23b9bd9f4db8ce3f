"""Maintenance that is announced, and agreed before it begins (R15, C12). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sla.outages.place import Place
from sla.outages.strip import Window

Denied = Literal["SELF_APPROVAL", "TOO_LATE", "ALREADY_AGREED", "CANCELLED"]
LONGEST = timedelta(days=31)
"""A window that is longer is a shutdown, which the agreement should say."""


@dataclass(frozen=True, slots=True)
class PlannedMaintenance:
    """`[starts_at, ends_at)`. It excuses downtime only once a second person has agreed to it, and
    only if that was before it began; cancelled, it ends there."""

    id: UUID
    key: str
    place: Place
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


def agree(planned: PlannedMaintenance, by: str, at: datetime) -> PlannedMaintenance | Denied:
    """Another person's word, given before it begins: what is agreed afterwards excuses nothing."""
    if planned.cancelled_at is not None:
        return "CANCELLED"
    if planned.agreed_at is not None:
        return "ALREADY_AGREED"
    if by == planned.announced_by:
        return "SELF_APPROVAL"
    if at >= planned.starts_at:
        return "TOO_LATE"
    return replace(planned, agreed_by=by, agreed_at=at, sequence=planned.sequence + 1)


def cancel(planned: PlannedMaintenance, by: str, at: datetime) -> PlannedMaintenance | Denied:
    """Called off, or ended early. Downtime from then on counts again."""
    if planned.cancelled_at is not None or at >= planned.ends_at:
        return "CANCELLED"
    return replace(planned, cancelled_by=by, cancelled_at=at, sequence=planned.sequence + 1)


def excusing(planned: Iterable[PlannedMaintenance], place: Place) -> Iterator[Window]:
    """The windows that excuse an outage at the place: all of it must have been in maintenance."""
    for one in planned:
        window = one.window()
        if window is not None and one.place.covers(place):
            yield window
