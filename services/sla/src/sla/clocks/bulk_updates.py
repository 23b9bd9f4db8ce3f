"""Carry out bulk updates of an agreement's open clocks, in batches of one transaction each.

A ticket that was being opened at the decision may be stored after the first scan, so there is a
second one, later than any transaction lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.agreements.commands import BULK_UPDATE_DEADLINE
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store import agreements
from sla.agreements.store import bulk_update_orders as orders
from sla.agreements.store.bulk_update_orders import BulkUpdate, BulkUpdateKind
from sla.clocks.backfill import LateStart, start_late_clocks
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input, InputKind
from sla.clocks.domain.ticket_clock import ContractTicket, TicketClock, apply_input
from sla.clocks.store import bulk_updates as bulk_update_store
from sla.clocks.store import clocks, tickets

BATCH_SIZE = 200
OPEN_STATES = ("running", "paused", "not_started", "no_target")
MAX_SCANS = 2
LAST_SCAN_DELAY = timedelta(minutes=2)
"""After the decision. No statement of any `common.persistence.workload` takes longer."""
CANCEL_REASON = "the agreement was deactivated"
_COVERAGE_INPUTS: dict[BulkUpdateKind, InputKind] = {
    "extend": "coverage_extended",
    "shorten": "coverage_extension_ended",
    "calendar": "calendar_changed",
}


async def on_bulk_updates_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """Change the next batch of clocks of each order, whose rows are locked."""
    for bulk_update in await orders.load(tx, [one.subject for one in due]):
        next_at = await _continue(tx, bulk_update, at)
        if next_at is None:
            await orders.finish(tx, bulk_update, at)
        else:
            await schedule(tx, [Deadline(BULK_UPDATE_DEADLINE, bulk_update.id, next_at)])


async def _continue(tx: Connection, bulk_update: BulkUpdate, at: datetime) -> datetime | None:
    """Change the next batch. Returns when to go on; None when the order is done."""
    if ids := await bulk_update_store.claim_clocks(tx, bulk_update, BATCH_SIZE):
        open_ticket_ids = await tickets.lock_open(tx, ids) if bulk_update.kind == "move" else set()
        ticket_clocks = await clocks.lock_by_ids(tx, ids)
        count = await _apply_batch(tx, bulk_update, ticket_clocks, at)
        clocks_of_open_tickets = [one for one in ticket_clocks if one.ticket.id in open_ticket_ids]
        await orders.add_changed(
            tx,
            bulk_update,
            count + await _start_missing_clocks(tx, bulk_update, clocks_of_open_tickets, at),
        )
        return at
    if bulk_update.looks == MAX_SCANS:
        return None
    if bulk_update.looks and at < bulk_update.decided_at + LAST_SCAN_DELAY:
        return bulk_update.decided_at + LAST_SCAN_DELAY
    await bulk_update_store.collect_clocks(tx, bulk_update)
    await orders.add_scan(tx, bulk_update)
    return at


async def _apply_batch(
    tx: Connection, bulk_update: BulkUpdate, ticket_clocks: list[TicketClock], at: datetime
) -> int:
    """Apply the order to these locked clocks; returns how many it concerned."""
    clock_inputs = await _inputs_for(tx, bulk_update, ticket_clocks)
    extra_terms = [
        clock_input.terms for _, clock_input in clock_inputs if clock_input.terms is not None
    ]
    tables = await load_timetables(tx, [one for one, _ in clock_inputs], extra_terms)
    known_inputs = [(one, replace(clock_input, known_at=at)) for one, clock_input in clock_inputs]
    await apply_changes(
        tx, [apply_input(one, clock_input, tables) for one, clock_input in known_inputs], at
    )
    return len(clock_inputs)


async def _inputs_for(
    tx: Connection, bulk_update: BulkUpdate, ticket_clocks: list[TicketClock]
) -> list[tuple[TicketClock, Input]]:
    """The input of each clock that the order concerns."""
    cancellation = replace(_decided_input(bulk_update, "cancelled"), reason=CANCEL_REASON)
    if bulk_update.kind == "cancel":
        return [(one, cancellation) for one in ticket_clocks]
    if bulk_update.kind == "move":
        return await _move_inputs(tx, bulk_update, ticket_clocks)
    return await _coverage_inputs(tx, bulk_update, ticket_clocks)


def _decided_input(bulk_update: BulkUpdate, kind: InputKind) -> Input:
    """The input that an order is to a clock, with who decided it."""
    at, people = bulk_update.decided_at, (bulk_update.decided_by, bulk_update.confirmed_by)
    return Input(0, kind, at, at, by=tuple(one for one in people if one is not None))


async def _move_inputs(
    tx: Connection, bulk_update: BulkUpdate, ticket_clocks: list[TicketClock]
) -> list[tuple[TicketClock, Input]]:
    assert bulk_update.version_id is not None
    target = (await agreements.get_versions(tx, [bulk_update.version_id]))[bulk_update.version_id]
    covered = [
        one for one in ticket_clocks if target.covers(one.ticket.customer_id, one.ticket.service)
    ]
    await bulk_update_store.move_tickets(
        tx, {one.ticket.id for one in covered if not one.forwarding}, target.id
    )
    await bulk_update_store.move_supplier_clocks(
        tx, [one.id for one in covered if one.forwarding], target
    )
    move = _VersionMove(bulk_update, target)
    return [
        (move.moved_clock(one), move.input_for(one))
        for one in covered
        if one.clock.state in OPEN_STATES
    ]


async def _start_missing_clocks(
    tx: Connection, bulk_update: BulkUpdate, ticket_clocks: list[TicketClock], at: datetime
) -> int:
    """Start the clocks that only the new version of these open tickets promises; return how many.

    Those that would have ended before are not started, so that results stay (decision 0601).
    """
    if bulk_update.version_id is None or not ticket_clocks:
        return 0
    target = (await agreements.get_versions(tx, [bulk_update.version_id]))[bulk_update.version_id]
    move, ids = _VersionMove(bulk_update, target), {one.ticket.id for one in ticket_clocks}
    measured = await clocks.get_metrics(tx, ids)
    earlier_inputs = await tickets.list_pending(tx, ids)
    terms_input = replace(move.base_input, known_at=at)
    starts = []
    for (id, forwarding), one in {
        (one.ticket.id, one.forwarding): one for one in ticket_clocks
    }.items():
        missing = [
            metric for metric in target.metrics() if (id, forwarding, metric) not in measured
        ]
        if missing and target.covers(one.ticket.customer_id, one.ticket.service):
            ticket = move.moved_clock(one).ticket
            contract_ticket = ContractTicket(ticket, one.clock.contract, forwarding, one.partner)
            since = one.clock.opened_at
            starts.append(
                LateStart(contract_ticket, since, target, missing, terms_input, earlier_inputs[id])
            )
    return await start_late_clocks(tx, starts, skip_finished=True)


async def _coverage_inputs(
    tx: Connection, bulk_update: BulkUpdate, ticket_clocks: list[TicketClock]
) -> list[tuple[TicketClock, Input]]:
    ids = {one.ticket.agreement_version for one in ticket_clocks if one.ticket.agreement_version}
    versions = await agreements.get_versions(tx, ids)
    clock_inputs = []
    for one in ticket_clocks:
        if one.ticket.agreement_version is None:
            continue
        ticket, terms = one.ticket, one.clock.terms
        calendar = versions[one.ticket.agreement_version].calendar_for(ticket.priority)
        if calendar != terms.calendar:
            changed_terms = replace(terms, calendar=calendar)
            at = bulk_update.applies_from
            decided = _decided_input(bulk_update, _COVERAGE_INPUTS[bulk_update.kind])
            clock_inputs.append((one, replace(decided, at=at, known_at=at, terms=changed_terms)))
    return clock_inputs


@dataclass(frozen=True, slots=True)
class _VersionMove:
    """A move of clocks to another version: their tickets, inputs and terms there (C6)."""

    bulk_update: BulkUpdate
    target: Agreement

    def moved_clock(self, ticket_clock: TicketClock) -> TicketClock:
        ticket = replace(
            ticket_clock.ticket, agreement_version=self.target.id, agreement=self.target.key
        )
        return replace(ticket_clock, ticket=ticket)

    @property
    def base_input(self) -> Input:
        return _decided_input(self.bulk_update, "agreement_moved")

    def input_for(self, ticket_clock: TicketClock) -> Input:
        ticket = ticket_clock.ticket
        terms = self.target.terms_for(
            ticket_clock.clock.metric, ticket.priority, ticket.kind, ticket.traits
        )
        former = ticket.agreement_version
        moved = replace(self.base_input, terms=terms)
        return moved if former == self.target.id else replace(moved, former_version=former)
