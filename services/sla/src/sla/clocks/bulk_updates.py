"""Carries out what was decided about an agreement on its open clocks: in batches, each kept or not.

A ticket that was being opened while the decision fell may be stored after the first look, so there
is a second one, later than any transaction lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec.structs import replace as changed

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, Timer, schedule
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store import agreements
from sla.clocks.backfill import LateStart, start_late
from sla.clocks.commands import go_on, timetables
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.ticket_clock import Handed, Tracked, hears
from sla.clocks.store import bulk_updates as sweeps
from sla.clocks.store import clocks, tickets
from sla.clocks.store.bulk_updates import Sweep

KIND = "sweep"
BATCH = 200
OPEN = ("running", "paused", "not_started", "no_target")
LOOKS = 2
LAST_LOOK = timedelta(minutes=2)
"""After the decision. No statement may take longer than `common.persistence.database.COMMAND`."""
ENDED = "the agreement was deactivated"
_COVERS: dict[sweeps.Kind, InputKind] = {
    "extend": "coverage_extended",
    "shorten": "coverage_extension_ended",
}


async def begin(tx: Connection, sweep: Sweep) -> None:
    """Keep what was decided; the timers carry it out from now on."""
    await sweeps.add(tx, sweep)
    await schedule(tx, [Deadline(KIND, sweep.id, sweep.decided_at)])


async def on_sweeps_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    for sweep in await sweeps.load(tx, [one.subject for one in due]):
        next_at = await _go_on(tx, sweep, at)
        if next_at is None:
            await sweeps.finish(tx, sweep, at)
        else:
            await schedule(tx, [Deadline(KIND, sweep.id, next_at)])


TIMER = Timer(sweeps.lock, on_sweeps_due)


async def _go_on(tx: Connection, sweep: Sweep, at: datetime) -> datetime | None:
    """When the sweep goes on; None once it is through."""
    if ids := await sweeps.take(tx, sweep, BATCH):
        open_ones = await tickets.lock_open_ones(tx, ids) if sweep.kind == "move" else set()
        tracked = await clocks.lock_many(tx, ids)
        count = await _change(tx, sweep, tracked, at)
        mine = [one for one in tracked if one.ticket.id in open_ones]
        await sweeps.count(tx, sweep, count + await _start(tx, sweep, mine, at))
        return at
    if sweep.looks == LOOKS:
        return None
    if sweep.looks and at < sweep.decided_at + LAST_LOOK:
        return sweep.decided_at + LAST_LOOK
    await sweeps.gather(tx, sweep)
    return at


async def _change(tx: Connection, sweep: Sweep, tracked: list[Tracked], at: datetime) -> int:
    """How many clocks the decision concerned."""
    told = await _told(tx, sweep, tracked)
    also = [heard.terms for _, heard in told if heard.terms is not None]
    tables = await timetables(tx, [one for one, _ in told], also)
    known = [(one, changed(heard, known_at=at)) for one, heard in told]
    await go_on(tx, [hears(one, heard, tables) for one, heard in known], at)
    return len(told)


async def _told(
    tx: Connection, sweep: Sweep, tracked: list[Tracked]
) -> list[tuple[Tracked, Input]]:
    """What each of the clocks hears; those that the decision does not concern hear nothing."""
    heard = Input(0, "cancelled", sweep.decided_at, sweep.decided_at, reason=ENDED)
    if sweep.kind == "cancel":
        return [(one, heard) for one in tracked]
    if sweep.kind == "move":
        return await _moved(tx, sweep, tracked)
    return await _covered(tx, sweep, tracked)


async def _moved(
    tx: Connection, sweep: Sweep, tracked: list[Tracked]
) -> list[tuple[Tracked, Input]]:
    assert sweep.version_id is not None
    target = (await agreements.versions_of(tx, [sweep.version_id]))[sweep.version_id]
    mine = [one for one in tracked if target.covers(one.ticket.customer_id, one.ticket.service)]
    await sweeps.move_tickets(tx, {one.ticket.id for one in mine if not one.forwarding}, target.id)
    await sweeps.move_behind(tx, [one.id for one in mine if one.forwarding], target)
    to = _Change(sweep, target)
    return [(to.ticket(one), to.heard(one)) for one in mine if one.clock.state in OPEN]


async def _start(tx: Connection, sweep: Sweep, tracked: list[Tracked], at: datetime) -> int:
    """Start what only the version promises to which these clocks' open tickets were moved.

    How many clocks. Those that would have ended before are not started: results stay (0601).
    """
    if sweep.version_id is None or not tracked:
        return 0
    target = (await agreements.versions_of(tx, [sweep.version_id]))[sweep.version_id]
    to, ids = _Change(sweep, target), {one.ticket.id for one in tracked}
    measured = await clocks.metrics_of(tx, ids)
    earlier = await tickets.heard_early(tx, ids)
    promised = changed(to.said, known_at=at)
    starts = []
    for (id, number), one in {(one.ticket.id, one.forwarding): one for one in tracked}.items():
        missing = [metric for metric in target.metrics() if (id, number, metric) not in measured]
        if missing and target.covers(one.ticket.customer_id, one.ticket.service):
            ticket = to.ticket(one).ticket
            handed = Handed(ticket, one.clock.contract, number, one.partner)
            since = one.clock.opened_at
            starts.append(LateStart(handed, since, target, missing, promised, earlier[id]))
    return await start_late(tx, starts, results_stay=True)


async def _covered(
    tx: Connection, sweep: Sweep, tracked: list[Tracked]
) -> list[tuple[Tracked, Input]]:
    ids = {one.ticket.agreement_version for one in tracked if one.ticket.agreement_version}
    versions = await agreements.versions_of(tx, ids)
    told = []
    for one in tracked:
        if one.ticket.agreement_version is None:
            continue
        ticket, terms = one.ticket, one.clock.terms
        used = versions[one.ticket.agreement_version].calendar_for(ticket.priority)
        if used != terms.calendar:
            other = changed(terms, calendar=used)
            at = sweep.decided_at
            told.append((one, Input(0, _COVERS[sweep.kind], at, at, other)))
    return told


@dataclass(frozen=True, slots=True)
class _Change:
    """A move to another version: what holds for a clock there (C6)."""

    sweep: Sweep
    target: Agreement

    def ticket(self, one: Tracked) -> Tracked:
        moved = replace(one.ticket, agreement_version=self.target.id, agreement=self.target.key)
        return replace(one, ticket=moved)

    @property
    def said(self) -> Input:
        at = self.sweep.decided_at
        return Input(0, "agreement_moved", at, at)

    def heard(self, one: Tracked) -> Input:
        ticket = one.ticket
        terms = self.target.terms(one.clock.metric, ticket.priority, ticket.kind)
        return changed(self.said, terms=terms)
