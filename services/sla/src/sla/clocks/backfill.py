"""Starts the clocks of what is promised newly for a ticket that is there already (C6).

They are measured from the opening, or from the forwarding on, by what was heard of the ticket.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace as changed

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement, Contract, Metric
from sla.calendars import store as calendars
from sla.clocks.commands import begin, go_on
from sla.clocks.domain.backfill import begun_late
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Change, Handed
from sla.clocks.store.tickets import Early


@dataclass(frozen=True, slots=True)
class LateStart:
    """Metrics of a ticket to be measured from `since` on, under this agreement.

    `handed.contract` is `sla` and its forwarding 0 where the customer was promised them. `promised`
    says since when and why; the terms are added here.
    """

    handed: Handed
    since: datetime
    agreement: Agreement
    metrics: Collection[Metric]
    promised: Input
    earlier: Sequence[Early]


async def start_late(
    tx: Connection, starts: Iterable[LateStart], *, results_stay: bool = False
) -> int:
    """Start these clocks; their tickets are locked. How many that were.

    `results_stay`: what had come to its end before is not measured afterwards.
    """
    begun = [one for start in starts for one in await _begun(tx, start)]
    if results_stay:
        begun = [one for one in begun if one[0].clock.state != "stopped"]
    if begun:
        known_at = begun[0][1].known_at
        await begin(tx, [(change.before, opened) for change, opened in begun], known_at)
        await go_on(tx, [change for change, _ in begun], known_at)
    return len(begun)


async def _begun(tx: Connection, start: LateStart) -> list[tuple[Change, Input]]:
    agreement, ticket = start.agreement, start.handed.ticket
    tables = await calendars.timetables(tx, {agreement.calendar, *agreement.calendars.values()})
    heard = inputs_for(start.handed.contract, start.since, start.earlier, start.promised.known_at)
    return [
        begun_late(
            uuid7(),
            start.handed,
            metric,
            start.since,
            heard,
            changed(start.promised, terms=agreement.terms(metric, ticket.priority, ticket.kind)),
            tables,
        )
        for metric in start.metrics
    ]


def forwarded_last(earlier: Sequence[Early]) -> Early | None:
    """The forwarding in whose hands the ticket is; None once it was handed back."""
    turns = [one for one in earlier if one.kind in ("forwarded", "handed_back")]
    return turns[-1] if turns and turns[-1].kind == "forwarded" else None


def inputs_for(
    contract: Contract, since: datetime, earlier: Sequence[Early], known_at: datetime
) -> list[Input]:
    """What clocks of such a contract that run from `since` on would have heard, in order."""
    mine = [one for one in earlier if one.contract in (None, contract)]
    if contract != "sla":
        begins = [place for place, one in enumerate(mine) if _begins(one, since)]
        mine = mine[begins[-1] + 1 :] if begins else [one for one in mine if one.at >= since]
    return [Input(0, one.kind, one.at, known_at) for one in mine]


def _begins(one: Early, since: datetime) -> bool:
    return one.kind == "forwarded" and one.at == since
