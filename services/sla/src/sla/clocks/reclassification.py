"""Reclassify a ticket: the promise for its new kind or service applies from its opening on (C6).

Another service may be covered by another agreement: the most specific one that was valid when the
ticket was opened (docs/decisions/0692).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement, Terms, applicable_agreement
from sla.agreements.store import agreements
from sla.clocks import reactions
from sla.clocks.backfill import LateStart, latest_forwarding, start_late_clocks
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import ContractTicket, Ticket, TicketClock, apply_input
from sla.clocks.store import bulk_updates as bulk_update_store
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import PendingInput
from sla.clocks.supplier_clocks import Forwarding


@dataclass(frozen=True, slots=True)
class ContractClocks:
    """The clocks of a ticket for one contract, which run from `since` on.

    `agreement` covers the ticket as it is now; None: nothing is promised for it.
    """

    contract_ticket: ContractTicket
    since: datetime
    clocks: Sequence[TicketClock]
    agreement: Agreement | None

    def terms_for(self, ticket_clock: TicketClock) -> Terms:
        """Return the terms of a clock now; without an agreement its own without a target."""
        if self.agreement is None:
            return replace(ticket_clock.clock.terms, target=None)
        ticket = self.contract_ticket.ticket
        return self.agreement.terms_for(
            ticket_clock.clock.metric, ticket.priority, ticket.kind, ticket.traits
        )


async def reclassify(
    tx: Connection,
    ticket_id: UUID,
    kind: str,
    service: str | None,
    at: datetime,
    by: tuple[str, ...] = (),
) -> None:
    """Store the new kind and service of a ticket, and apply them to its clocks.

    `by` are the accounts of the two people who decided it.

    Clocks of a forwarding that was handed back stay as they are: the supplier worked under the
    former classification.
    """
    ticket = await tickets.lock(tx, ticket_id)
    if ticket is None or (ticket.kind, ticket.service) == (kind, service):
        return
    ticket_clocks = await clocks.lock_by_tickets(tx, [ticket.id])
    known_at = await transaction_time(tx)
    reclassified = replace(ticket, kind=kind, service=service)
    reason = describe_correction(ticket, reclassified)
    input = Input(0, "reclassified", at, known_at, reason=reason, by=by)
    earlier_inputs = (await tickets.list_pending(tx, [ticket.id]))[ticket.id]
    customer_clocks = await _customer_clocks(tx, ticket, reclassified, ticket_clocks)
    await tickets.upsert(tx, [customer_clocks.contract_ticket.ticket])
    await _apply(tx, customer_clocks, input, earlier_inputs)
    if supplier_clocks := await _supplier_clocks(
        tx, ticket, reclassified, ticket_clocks, earlier_inputs
    ):
        await _apply(tx, supplier_clocks, input, earlier_inputs)


def describe_correction(before: Ticket, after: Ticket) -> str:
    """Return a text such as `kind incident to question, service none to billing`."""
    pairs = (("kind", before.kind, after.kind), ("service", before.service, after.service))
    changes = (
        f"{name} {old or 'none'} to {new or 'none'}" for name, old, new in pairs if old != new
    )
    return ", ".join(changes)


async def _customer_clocks(
    tx: Connection, before: Ticket, after: Ticket, ticket_clocks: Sequence[TicketClock]
) -> ContractClocks:
    own_clocks = [one for one in ticket_clocks if not one.forwarding]
    agreement = None
    if after.customer_id is not None:
        versions = (await agreements.list_binding(tx, [after.customer_id])).get(
            after.customer_id, ()
        )
        current = next((one for one in versions if one.id == before.agreement_version), None)
        agreement = await _applicable_version(tx, versions, current, before, after, after.opened_at)
    # Without one, the key of the former agreement stays: existing clocks were measured under it.
    key, id = (agreement.key, agreement.id) if agreement else (after.agreement, None)
    ticket = replace(after, agreement_version=id, agreement=key)
    return ContractClocks(ContractTicket(ticket, "sla", 0), after.opened_at, own_clocks, agreement)


async def _supplier_clocks(
    tx: Connection,
    before: Ticket,
    after: Ticket,
    ticket_clocks: Sequence[TicketClock],
    earlier_inputs: Sequence[PendingInput],
) -> ContractClocks | None:
    """Return the clocks of the partner or second level that has the ticket; None: nobody has."""
    last = latest_forwarding(earlier_inputs)
    if last is None or after.customer_id is None:
        return None
    forwarding = Forwarding(last.at, last.partner)
    number = max((one.forwarding for one in ticket_clocks), default=0)
    own_clocks = [
        o
        for o in ticket_clocks
        if number and o.forwarding == number and o.clock.opened_at == last.at
    ]
    contract = forwarding.contract
    versions = (await agreements.list_binding(tx, [after.customer_id], contract)).get(
        after.customer_id, ()
    )
    fitting = [one for one in versions if forwarding.matches(one)]
    version = own_clocks[0].ticket.agreement_version if own_clocks else None
    current = next((one for one in versions if one.id == version), None)
    agreement = await _applicable_version(tx, fitting, current, before, after, last.at)
    applied = agreement or current
    key, id = (applied.key, applied.id) if applied else (None, None)
    supplier_ticket = replace(after, agreement_version=id, agreement=key)
    contract_ticket = ContractTicket(
        supplier_ticket, contract, number if own_clocks else number + 1, last.partner
    )
    if agreement is not None and own_clocks:
        await bulk_update_store.move_supplier_clocks(tx, [one.id for one in own_clocks], agreement)
    return ContractClocks(contract_ticket, last.at, own_clocks, agreement)


async def _applicable_version(
    tx: Connection,
    versions: Iterable[Agreement],
    current: Agreement | None,
    before: Ticket,
    after: Ticket,
    at: datetime,
) -> Agreement | None:
    """Return the version that covers the ticket now.

    The current version stays if its agreement does, because clocks may have been moved to it. A
    terminated agreement does not cover further tickets.
    """
    if before.service == after.service:
        return current
    versions = list(versions)
    terminated_ids = await agreements.find_terminated(tx, [one.id for one in versions])
    applicable = applicable_agreement(
        [one for one in versions if one.id not in terminated_ids], after.service, at
    )
    is_same_agreement = (
        current
        and applicable
        and current.key == applicable.key
        and current.covers_service(after.service)
    )
    return current if is_same_agreement else applicable


def _with_former_version(input: Input, before: TicketClock, after: TicketClock) -> Input:
    former, version = before.ticket.agreement_version, after.ticket.agreement_version
    return input if former == version else replace(input, former_version=former)


async def _apply(
    tx: Connection,
    contract_clocks: ContractClocks,
    input: Input,
    earlier_inputs: Sequence[PendingInput],
) -> None:
    ticket_clocks = [
        replace(one, ticket=contract_clocks.contract_ticket.ticket)
        for one in contract_clocks.clocks
    ]
    clock_inputs = [
        (
            one,
            replace(_with_former_version(input, before, one), terms=contract_clocks.terms_for(one)),
        )
        for before, one in zip(contract_clocks.clocks, ticket_clocks, strict=True)
    ]
    tables = await load_timetables(
        tx,
        ticket_clocks,
        [clock_input.terms for _, clock_input in clock_inputs if clock_input.terms],
    )
    changes = [apply_input(one, clock_input, tables) for one, clock_input in clock_inputs]
    for revise in reactions.get_installed().on_reclassified:
        changes = await revise(tx, changes)
    await apply_changes(tx, changes, input.known_at)
    agreement = contract_clocks.agreement
    if agreement is None or await agreements.find_terminated(tx, [agreement.id]):
        return
    measured = {one.clock.metric for one in ticket_clocks}
    missing = [metric for metric in agreement.metrics() if metric not in measured]
    await start_late_clocks(
        tx,
        [
            LateStart(
                contract_clocks.contract_ticket,
                contract_clocks.since,
                agreement,
                missing,
                input,
                earlier_inputs,
            )
        ],
    )
