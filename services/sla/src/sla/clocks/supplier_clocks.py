"""Clocks of what second level and partners promised us, from the forwarding of a ticket on.

They run beside the customer's clocks and never pause them (C2, R13). A further forwarding ends the
clocks of the one before, also to the same partner: each forwarding has its own clocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement, Contract, applicable_agreement
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.clocks.commands import apply_changes, create_clocks, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import (
    ContractTicket,
    Ticket,
    TicketClock,
    apply_input,
    new_supplier_clock,
)
from sla.clocks.store import clocks

SECOND_LEVEL_TEAMS = (None, "second-level", "second_level")
"""The teams of an `ola` that covers tickets forwarded to second level."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A forwarding at `at` to a partner (a key), or to second level (None)."""

    at: datetime
    partner: str | None

    @property
    def contract(self) -> Contract:
        return "ola" if self.partner is None else "uc"

    def matches(self, agreement: Agreement) -> bool:
        """Return whether the agreement is with the partner or team that got the ticket."""
        if self.partner is None:
            return agreement.team in SECOND_LEVEL_TEAMS
        return agreement.partner == self.partner


async def forward(tx: Connection, ticket: Ticket, forwarding: Forwarding) -> None:
    """End the clocks of the forwarding before, and start those of this one.

    None start for a ticket without a customer: its contract is not known yet.
    """
    ticket_clocks = await clocks.lock_by_tickets(tx, [ticket.id])
    known_at = await transaction_time(tx)
    await _hand_over(tx, ticket_clocks, forwarding.at, known_at)
    agreement = await _applicable_agreement(tx, ticket, forwarding)
    if agreement is not None:
        forwarding_number = max((one.forwarding for one in ticket_clocks), default=0) + 1
        supplier_ticket = replace(ticket, agreement_version=agreement.id, agreement=agreement.key)
        contract_ticket = ContractTicket(
            supplier_ticket, forwarding.contract, forwarding_number, forwarding.partner
        )
        await _start_clocks(tx, contract_ticket, agreement, forwarding.at, known_at)


async def _hand_over(
    tx: Connection, ticket_clocks: Sequence[TicketClock], at: datetime, known_at: datetime
) -> None:
    tables = await load_timetables(tx, ticket_clocks)
    customer_input = Input(0, "forwarded", at, known_at)
    supplier_input = Input(0, "handed_back", at, known_at)
    clock_inputs = [
        (one, supplier_input if one.forwarding else customer_input) for one in ticket_clocks
    ]
    await apply_changes(
        tx, [apply_input(one, clock_input, tables) for one, clock_input in clock_inputs], known_at
    )


async def _applicable_agreement(
    tx: Connection, ticket: Ticket, forwarding: Forwarding
) -> Agreement | None:
    customer: UUID | None = ticket.customer_id
    if customer is None:
        return None
    versions = await agreements.list_binding(tx, [customer], forwarding.contract)
    fitting = [one for one in versions.get(customer, ()) if forwarding.matches(one)]
    return applicable_agreement(fitting, ticket.service, forwarding.at)


async def _start_clocks(
    tx: Connection,
    contract_ticket: ContractTicket,
    agreement: Agreement,
    at: datetime,
    known_at: datetime,
) -> None:
    tables = await calendars.load_timetables(
        tx, {agreement.calendar, *agreement.calendars.values()}
    )
    new_clocks: list[tuple[TicketClock, Input]] = []
    for metric in agreement.metrics():
        ticket = contract_ticket.ticket
        terms = agreement.terms_for(metric, ticket.priority, ticket.kind, ticket.traits)
        opening = Input(1, "opened", at, known_at, terms)
        new_clocks.append(
            (new_supplier_clock(uuid7(), contract_ticket, metric, opening, tables), opening)
        )
    await create_clocks(tx, new_clocks, known_at)
