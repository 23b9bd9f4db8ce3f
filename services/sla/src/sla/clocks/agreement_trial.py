"""Tries an agreement on the tickets of the past, batch by batch; nothing is stored."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import Timetable
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.domain.what_if import WhatIf, what_if
from sla.clocks.store import history
from sla.clocks.store.history import Place, Sought

BATCH = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """`drawn`: the timetables of calendars that are not stored, by the ids that `version` names."""

    version: Agreement
    since: datetime
    as_of: datetime
    drawn: Mapping[UUID, Timetable]

    @property
    def sought(self) -> Sought:
        return Sought(self.since, self.version.customers, self.version.services)


@dataclass(frozen=True, slots=True)
class Batch:
    """`silent`: tickets without a clock of this kind of contract; `last`: where to go on."""

    tried: tuple[WhatIf, ...]
    tickets: int
    silent: int
    last: Place


async def batches(
    tx: Connection, trial: Trial, tickets: int, after: Place | None
) -> AsyncIterator[Batch]:
    """At most so many tickets, newest first. Raises NeverOpens, OutOfRange."""
    left = tickets
    while left > 0:
        found = await history.opened(tx, trial.sought, min(left, BATCH), after)
        if not found:
            return
        after, left = found[-1], left - len(found)
        tried = await _tried(tx, trial, [id for _, id in found])
        measured = {one.tracked.ticket.id for one in tried}
        yield Batch(tuple(tried), len(found), len(found) - len(measured), after)


async def _tried(tx: Connection, trial: Trial, ids: list[UUID]) -> list[WhatIf]:
    tracked = [one for one in await history.clocks_of(tx, ids) if _concerns(trial.version, one)]
    heard = await history.heard_by(tx, [one.id for one in tracked])
    former = {one.ticket.agreement_version for one in tracked} - {None}
    known = await agreements.versions_of(tx, [id for id in former if id is not None])
    new = trial.version
    used = {new.calendar, *new.calendars.values()} - trial.drawn.keys()
    for one in tracked:
        # Of an open clock, the stretch that is not over counts by its own calendar.
        used |= {one.clock.terms.calendar, *(each.calendar for each in one.clock.stretches)}
    tables = {**await calendars.timetables(tx, used), **trial.drawn}
    return [
        what_if(
            one, heard[one.id], (_of(known, one.ticket.agreement_version), new), trial.as_of, tables
        )
        for one in tracked
    ]


def _concerns(version: Agreement, one: Tracked) -> bool:
    """Of the same kind of contract; a partner's only with that partner."""
    return (one.clock.contract, one.partner) == (version.contract, version.partner)


def _of(known: Mapping[UUID, Agreement], id: UUID | None) -> Agreement | None:
    return None if id is None else known.get(id)
