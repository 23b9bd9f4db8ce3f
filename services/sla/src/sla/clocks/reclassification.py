"""A ticket's kind or service was corrected: what is promised for it now holds from its opening on (C6).

Another service may come under another agreement: the most specific one that held when the ticket
was opened, as if it had been known then (docs/decisions/0692).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace as changed

from common.persistence.database import Connection, transaction_time
from sla.agreements.domain.agreement import Agreement, Terms, holding
from sla.agreements.store import agreements
from sla.clocks.backfill import LateStart, forwarded_last, start_late
from sla.clocks.commands import go_on, timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Change, Handed, Ticket, Tracked, hears
from sla.clocks.store import bulk_updates as sweeps
from sla.clocks.store import clocks, tickets
from sla.clocks.store.tickets import Early
from sla.clocks.supplier_clocks import Forwarding
from sla.waivers.domain.period import reconsidered
from sla.waivers.store import waivers


@dataclass(frozen=True, slots=True)
class Held:
    """What is measured of a ticket for one side: its clocks, since when, and under what now.

    `agreement` None: nothing is promised for what the ticket is now.
    """

    handed: Handed
    since: datetime
    clocks: Sequence[Tracked]
    agreement: Agreement | None

    def terms(self, one: Tracked) -> Terms:
        if self.agreement is None:
            return changed(one.clock.terms, target=None)
        ticket = self.handed.ticket
        return self.agreement.terms(one.clock.metric, ticket.priority, ticket.kind)


async def reclassify(
    tx: Connection, ticket_id: UUID, kind: str, service: str | None, at: datetime
) -> None:
    """Keep what the ticket is, and let all of its clocks go by it.

    What a partner or second level has handed back stays as it was judged: they worked on it under
    what we had told them.
    """
    ticket = await tickets.lock(tx, ticket_id)
    if ticket is None or (ticket.kind, ticket.service) == (kind, service):
        return
    tracked = await clocks.lock_of_tickets(tx, [ticket.id])
    known_at = await transaction_time(tx)
    became = replace(ticket, kind=kind, service=service)
    said = Input(0, "reclassified", at, known_at, reason=corrected(ticket, became))
    earlier = (await tickets.heard_early(tx, [ticket.id]))[ticket.id]
    ours = await _of_customer(tx, ticket, became, tracked)
    await tickets.keep(tx, [ours.handed.ticket])
    await _apply(tx, ours, said, earlier)
    if theirs := await _of_those_behind(tx, ticket, became, tracked, earlier):
        await _apply(tx, theirs, said, earlier)


def corrected(was: Ticket, now: Ticket) -> str:
    """`kind incident to question, service none to billing`."""
    pairs = (("kind", was.kind, now.kind), ("service", was.service, now.service))
    changes = (
        f"{name} {old or 'none'} to {new or 'none'}" for name, old, new in pairs if old != new
    )
    return ", ".join(changes)


async def _of_customer(
    tx: Connection, was: Ticket, now: Ticket, tracked: Sequence[Tracked]
) -> Held:
    mine = [one for one in tracked if not one.forwarding]
    agreement = None
    if now.customer_id is not None:
        known = (await agreements.published(tx, [now.customer_id])).get(now.customer_id, ())
        present = next((one for one in known if one.id == was.agreement_version), None)
        agreement = await _now(tx, known, present, was, now, now.opened_at)
    # Without one, the key stays: under it was measured what there is of clocks.
    key, id = (agreement.key, agreement.id) if agreement else (now.agreement, None)
    ticket = replace(now, agreement_version=id, agreement=key)
    return Held(Handed(ticket, "sla", 0), now.opened_at, mine, agreement)


async def _of_those_behind(
    tx: Connection,
    was: Ticket,
    now: Ticket,
    tracked: Sequence[Tracked],
    earlier: Sequence[Early],
) -> Held | None:
    """The partner or second level who has the ticket, if anybody has."""
    last = forwarded_last(earlier)
    if last is None or now.customer_id is None:
        return None
    forwarding = Forwarding(last.at, last.partner)
    number = max((one.forwarding for one in tracked), default=0)
    mine = [
        o for o in tracked if number and o.forwarding == number and o.clock.opened_at == last.at
    ]
    contract = forwarding.contract
    known = (await agreements.published(tx, [now.customer_id], contract)).get(now.customer_id, ())
    fitting = [one for one in known if forwarding.under(one)]
    version = mine[0].ticket.agreement_version if mine else None
    present = next((one for one in known if one.id == version), None)
    agreement = await _now(tx, fitting, present, was, now, last.at)
    own = agreement or present
    key, id = (own.key, own.id) if own else (None, None)
    theirs = replace(now, agreement_version=id, agreement=key)
    handed = Handed(theirs, contract, number if mine else number + 1, last.partner)
    if agreement is not None and mine:
        await sweeps.move_behind(tx, [one.id for one in mine], agreement)
    return Held(handed, last.at, mine, agreement)


async def _now(
    tx: Connection,
    known: Iterable[Agreement],
    present: Agreement | None,
    was: Ticket,
    now: Ticket,
    at: datetime,
) -> Agreement | None:
    """The version that holds now. The present one stays where its agreement does: its clocks may
    have been moved to it. An agreement that was deactivated takes nothing in."""
    if was.service == now.service:
        return present
    known = list(known)
    over = await agreements.deactivated(tx, [one.id for one in known])
    found = holding([one for one in known if one.id not in over], now.service, at)
    same = present and found and present.key == found.key and present.serves(now.service)
    return present if same else found


async def _apply(tx: Connection, held: Held, said: Input, earlier: Sequence[Early]) -> None:
    mine = [replace(one, ticket=held.handed.ticket) for one in held.clocks]
    heard = [(one, changed(said, terms=held.terms(one))) for one in mine]
    tables = await timetables(tx, mine, [told.terms for _, told in heard if told.terms])
    changes = [hears(one, told, tables) for one, told in heard]
    await go_on(tx, await _excused(tx, changes), said.known_at)
    agreement = held.agreement
    if agreement is None or await agreements.deactivated(tx, [agreement.id]):
        return
    measured = {one.clock.metric for one in mine}
    missing = [metric for metric in agreement.metrics() if metric not in measured]
    await start_late(tx, [LateStart(held.handed, held.since, agreement, missing, said, earlier)])


async def _excused(tx: Connection, changes: list[Change]) -> list[Change]:
    """What broke before is excused by waivers over a period of the service that it is about (C11)."""
    broken = [at for one in changes if (at := one.clock.breached_at) is not None]
    if not broken:
        return changes
    customers = {id for one in changes if (id := one.before.ticket.customer_id) is not None}
    standing = await waivers.standing(tx, customers, min(broken))
    also = [heard.terms for one in changes for heard, _ in one.heard if heard.terms is not None]
    tables = await timetables(tx, [one.before for one in changes], also)
    return [reconsidered(one, standing, tables) for one in changes]
