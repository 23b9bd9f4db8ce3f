"""What second level and partners promised us, measured from the instant at which they got a ticket.

Their clocks run beside the customer's and never pause it (C2, R13). Forwarding again ends those of
the forwarding before, to the same partner, too: each has its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement, Contract, holding
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.clocks.commands import begin, go_on, timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Handed, Ticket, Tracked, begun_behind, hears
from sla.clocks.store import clocks

SECOND_LEVEL = (None, "second-level", "second_level")
"""The teams of an `ola` under which a ticket comes that is forwarded to second level."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Who got the ticket at `at`: a partner (by key), or second level where that is None."""

    at: datetime
    partner: str | None

    @property
    def contract(self) -> Contract:
        return "ola" if self.partner is None else "uc"

    def under(self, agreement: Agreement) -> bool:
        if self.partner is None:
            return agreement.team in SECOND_LEVEL
        return agreement.partner == self.partner


async def forward(tx: Connection, ticket: Ticket, forwarding: Forwarding) -> None:
    """End the clocks of the forwarding before, and start those of what is promised to us now.

    A ticket without a customer has none: nobody knows yet under which contract it comes.
    """
    tracked = await clocks.lock_of_tickets(tx, [ticket.id])
    known_at = await transaction_time(tx)
    await _hand_over(tx, tracked, forwarding.at, known_at)
    agreement = await _promised(tx, ticket, forwarding)
    if agreement is not None:
        number = max((one.forwarding for one in tracked), default=0) + 1
        theirs = replace(ticket, agreement_version=agreement.id, agreement=agreement.key)
        handed = Handed(theirs, forwarding.contract, number, forwarding.partner)
        await _start(tx, handed, agreement, forwarding.at, known_at)


async def _hand_over(
    tx: Connection, tracked: Sequence[Tracked], at: datetime, known_at: datetime
) -> None:
    tables = await timetables(tx, tracked)
    ours = Input(0, "forwarded", at, known_at)
    theirs = Input(0, "handed_back", at, known_at)
    heard = [(one, theirs if one.forwarding else ours) for one in tracked]
    await go_on(tx, [hears(one, said, tables) for one, said in heard], known_at)


async def _promised(tx: Connection, ticket: Ticket, forwarding: Forwarding) -> Agreement | None:
    customer: UUID | None = ticket.customer_id
    if customer is None:
        return None
    known = await agreements.published(tx, [customer], forwarding.contract)
    fitting = [one for one in known.get(customer, ()) if forwarding.under(one)]
    return holding(fitting, ticket.service, forwarding.at)


async def _start(
    tx: Connection, handed: Handed, agreement: Agreement, at: datetime, known_at: datetime
) -> None:
    tables = await calendars.timetables(tx, {agreement.calendar, *agreement.calendars.values()})
    started: list[tuple[Tracked, Input]] = []
    for metric in agreement.metrics():
        terms = agreement.terms(metric, handed.ticket.priority, handed.ticket.kind)
        heard = Input(1, "opened", at, known_at, terms)
        started.append((begun_behind(uuid7(), handed, metric, heard, tables), heard))
    await begin(tx, started, known_at)
