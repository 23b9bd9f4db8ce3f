"""Simulate an agreement on past tickets, batch by batch; nothing is stored."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.timetable import Timetable
from sla.clocks.backfill import inputs_for
from sla.clocks.domain.ticket_clock import ContractTicket, TicketClock
from sla.clocks.domain.what_if import MissingPromise, WhatIf, what_if, what_if_promised
from sla.clocks.store import history, tickets
from sla.clocks.store.history import TicketCursor, TicketFilter

BATCH_SIZE = 100


@dataclass(frozen=True, slots=True)
class Trial:
    """An agreement version to simulate on the tickets opened since `since`.

    `draft_timetables`: timetables of calendars that are not stored, by the ids used in `version`.
    """

    version: Agreement
    since: datetime
    as_of: datetime
    draft_timetables: Mapping[UUID, Timetable]

    @property
    def ticket_filter(self) -> TicketFilter:
        return TicketFilter(self.since, self.version.customers, self.version.services)


@dataclass(frozen=True, slots=True)
class Batch:
    """The results of a batch of tickets; `last` is the cursor of the next batch.

    `without_clocks`: the number of tickets without a clock of this contract.
    """

    results: tuple[WhatIf, ...]
    tickets: int
    without_clocks: int
    last: TicketCursor


async def run_batches(
    tx: Connection, trial: Trial, tickets: int, after: TicketCursor | None
) -> AsyncIterator[Batch]:
    """Simulate at most so many tickets, newest first. Raises NeverOpens, OutOfRange."""
    remaining = tickets
    while remaining > 0:
        page_rows = await history.list_opened(
            tx, trial.ticket_filter, min(remaining, BATCH_SIZE), after
        )
        if not page_rows:
            return
        after, remaining = page_rows[-1], remaining - len(page_rows)
        results = await _simulate_tickets(tx, trial, [id for _, id in page_rows])
        measured_ids = {one.ticket_clock.ticket.id for one in results}
        yield Batch(tuple(results), len(page_rows), len(page_rows) - len(measured_ids), after)


async def _simulate_tickets(tx: Connection, trial: Trial, ids: list[UUID]) -> list[WhatIf]:
    ticket_clocks = [
        one for one in await history.load_clocks(tx, ids) if _is_same_contract(trial.version, one)
    ]
    inputs_by_clock = await history.load_inputs(tx, [one.id for one in ticket_clocks])
    former_version_ids = {one.ticket.agreement_version for one in ticket_clocks} - {None}
    former_versions = await agreements.get_versions(
        tx, [id for id in former_version_ids if id is not None]
    )
    new = trial.version
    calendar_ids = {new.calendar, *new.calendars.values()} - trial.draft_timetables.keys()
    for one in ticket_clocks:
        # The current segment of an open clock counts by its own calendar.
        calendar_ids |= {one.clock.terms.calendar, *(each.calendar for each in one.clock.stretches)}
    tables = {**await calendars.load_timetables(tx, calendar_ids), **trial.draft_timetables}
    existing = [
        what_if(
            one,
            inputs_by_clock[one.id],
            (_find_version(former_versions, one.ticket.agreement_version), new),
            trial.as_of,
            tables,
        )
        for one in ticket_clocks
    ]
    missing = await _find_missing(tx, trial, ticket_clocks)
    return existing + [what_if_promised(one, new, trial.as_of, tables) for one in missing]


async def _find_missing(
    tx: Connection, trial: Trial, ticket_clocks: Sequence[TicketClock]
) -> list[MissingPromise]:
    """What only the new version promises for the tickets of these clocks (C6)."""
    by_contract: dict[tuple[UUID, int], list[TicketClock]] = {}
    for one in ticket_clocks:
        by_contract.setdefault((one.ticket.id, one.forwarding), []).append(one)
    ids = {id for id, _ in by_contract}
    earlier_inputs, open_ids = await tickets.list_pending(tx, ids), await history.list_open(tx, ids)
    missing = []
    for (id, _), own in by_contract.items():
        first = own[0]
        contract, since = first.clock.contract, first.clock.opened_at
        contract_ticket = ContractTicket(first.ticket, contract, first.forwarding, first.partner)
        inputs = inputs_for(contract, since, earlier_inputs[id], trial.as_of)
        measured = {one.clock.metric for one in own}
        missing += [
            MissingPromise(contract_ticket, metric, since, inputs, id in open_ids)
            for metric in trial.version.metrics()
            if metric not in measured
        ]
    return missing


def _is_same_contract(version: Agreement, ticket_clock: TicketClock) -> bool:
    """Return whether the clock is of the same contract, and of the same partner if any."""
    return (ticket_clock.clock.contract, ticket_clock.partner) == (
        version.contract,
        version.partner,
    )


def _find_version(versions: Mapping[UUID, Agreement], id: UUID | None) -> Agreement | None:
    return None if id is None else versions.get(id)
