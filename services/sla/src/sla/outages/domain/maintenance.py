"""Maintenance that is announced, and agreed before it begins (R15, C12). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, product
from typing import Literal
from uuid import UUID

from sla.outages.domain.scope import Place, Question
from sla.outages.domain.timeline import Window

Denied = Literal["SELF_APPROVAL", "TOO_LATE", "ALREADY_AGREED", "CANCELLED"]
LONGEST = timedelta(days=31)
"""A window that is longer is a shutdown, which the agreement should say."""
_Names = tuple[UUID | str | None, ...]


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


class Plan:
    """All windows of maintenance, found by where they are: however many others were planned."""

    def __init__(self, planned: Iterable[PlannedMaintenance]) -> None:
        self._at: dict[_Names, list[Window]] = {}
        self._of: dict[UUID | None, list[tuple[Place, Window]]] = {}
        for one in planned:
            window, place = one.window(), one.place
            if window is not None:
                self._at.setdefault(_names(place), []).append(window)
                self._of.setdefault(place.customer_id, []).append((place, window))

    def excusing(self, place: Place) -> Iterator[Window]:
        """The windows that excuse an outage at the place: all of it must have been in maintenance,
        so a window names the same as the place, or leaves the name out."""
        for names in product(*({None, name} for name in _names(place))):
            yield from self._at.get(names, ())

    def concerning(self, question: Question) -> Iterator[Window]:
        """The windows that concern the question at least in part."""
        asked = question.customer_id
        whose = self._of if asked is None else {asked, None}
        for place, window in chain(*(self._of.get(one, ()) for one in whose)):
            if question.concerns(place):
                yield window


def _names(place: Place) -> _Names:
    return place.customer_id, place.environment, place.service
