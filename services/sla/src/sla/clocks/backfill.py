"""Start the clocks of new promises for an existing ticket (C6).

They are measured from the opening or forwarding on, by the inputs of the ticket so far.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace as replace_struct

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from sla.agreements.domain.agreement import Agreement, Contract, Metric
from sla.calendars import store as calendars
from sla.clocks.commands import apply_changes, create_clocks
from sla.clocks.domain.backfill import new_late_clock
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Change, ContractTicket
from sla.clocks.store.tickets import PendingInput


@dataclass(frozen=True, slots=True)
class LateStart:
    """Metrics of a ticket to be measured from `since` on, under this agreement.

    For a promise to the customer, `contract_ticket.contract` is `sla` and its forwarding 0.
    `terms_input` is the input that brings the promise; its terms are filled in here.
    """

    contract_ticket: ContractTicket
    since: datetime
    agreement: Agreement
    metrics: Collection[Metric]
    terms_input: Input
    earlier_inputs: Sequence[PendingInput]


async def start_late_clocks(
    tx: Connection, starts: Iterable[LateStart], *, skip_finished: bool = False
) -> int:
    """Start these clocks, whose tickets are locked, and return how many were started.

    `skip_finished`: do not start those that would have ended before.
    """
    new_clocks = [one for start in starts for one in await _new_late_clocks(tx, start)]
    if skip_finished:
        new_clocks = [one for one in new_clocks if one[0].clock.state != "stopped"]
    if new_clocks:
        known_at = new_clocks[0][1].known_at
        await create_clocks(
            tx, [(change.before, opened) for change, opened in new_clocks], known_at
        )
        await apply_changes(tx, [change for change, _ in new_clocks], known_at)
    return len(new_clocks)


async def _new_late_clocks(tx: Connection, start: LateStart) -> list[tuple[Change, Input]]:
    agreement, ticket = start.agreement, start.contract_ticket.ticket
    tables = await calendars.load_timetables(
        tx, {agreement.calendar, *agreement.calendars.values()}
    )
    inputs = inputs_for(
        start.contract_ticket.contract,
        start.since,
        start.earlier_inputs,
        start.terms_input.known_at,
    )
    return [
        new_late_clock(
            uuid7(),
            start.contract_ticket,
            metric,
            start.since,
            inputs,
            replace_struct(
                start.terms_input,
                terms=agreement.terms_for(metric, ticket.priority, ticket.kind, ticket.traits),
            ),
            tables,
        )
        for metric in start.metrics
    ]


def latest_forwarding(earlier_inputs: Sequence[PendingInput]) -> PendingInput | None:
    """Return the forwarding by which a supplier has the ticket; None once it was handed back."""
    hand_overs = [one for one in earlier_inputs if one.kind in ("forwarded", "handed_back")]
    return hand_overs[-1] if hand_overs and hand_overs[-1].kind == "forwarded" else None


def inputs_for(
    contract: Contract, since: datetime, earlier_inputs: Sequence[PendingInput], known_at: datetime
) -> list[Input]:
    """Return the inputs of clocks of this contract that run from `since` on, in order."""
    relevant = [one for one in earlier_inputs if one.contract in (None, contract)]
    if contract != "sla":
        start_indexes = [
            index for index, one in enumerate(relevant) if _is_forwarding_at(one, since)
        ]
        relevant = (
            relevant[start_indexes[-1] + 1 :]
            if start_indexes
            else [one for one in relevant if one.at >= since]
        )
    return [input_of_pending(one, known_at) for one in relevant]


def input_of_pending(pending: PendingInput, known_at: datetime) -> Input:
    """Return the input that a clock gets of what was kept for it."""
    by = () if pending.acted_by is None else (pending.acted_by,)
    return Input(0, pending.kind, pending.at, known_at, by=by)


def _is_forwarding_at(pending_input: PendingInput, since: datetime) -> bool:
    return pending_input.kind == "forwarded" and pending_input.at == since
