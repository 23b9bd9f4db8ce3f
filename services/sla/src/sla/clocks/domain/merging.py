"""What a merged ticket leaves to the one that survives it, and what it takes back (C10). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from sla.agreements.domain.agreement import Metric
from sla.clocks.domain.clock import Clock, Input
from sla.clocks.domain.ticket_clock import Ticket, TicketClock

FROM_OPENING: Final[tuple[Metric, ...]] = ("first_response", "workaround", "resolution")
"""Metrics that count from the opening; those of the others begin with a message."""


def with_earlier_opening(survivor: Ticket, merged: Ticket) -> Ticket:
    """The surviving ticket, opened when the first of the two was."""
    return replace(survivor, opened_at=min(survivor.opened_at, merged.opened_at))


def inputs_of_merged(
    merged: Ticket,
    survivor: Ticket,
    merged_clocks: Iterable[TicketClock],
    at: datetime,
    known_at: datetime,
) -> Mapping[Metric, Input]:
    """The inputs of the survivor's clocks, by metric; the clocks are those before the merging.

    An earlier opening counts, and so does a message of the customer that nobody has answered yet.
    """
    inputs: dict[Metric, Input] = {}
    if merged.opened_at < survivor.opened_at:
        reason = f"{merged.key}, opened earlier, was merged into it"
        earlier = Input(0, "opened_earlier", at, known_at, reason=reason, since=merged.opened_at)
        inputs |= dict.fromkeys(FROM_OPENING, earlier)
    for one in merged_clocks:
        if one.clock.contract == "sla" and one.clock.metric == "next_reply" and one.clock.open:
            inputs["next_reply"] = Input(0, "customer_replied", _cycle_start(one.clock), known_at)
    return inputs


def input_of_later_opening(
    opened_at: datetime, separated: str, at: datetime, known_at: datetime
) -> Input:
    """The input of the survivor's clocks that count from the opening: `opened_at` is its own again.

    `separated` is the key of the ticket that is a request of its own.
    """
    reason = f"{separated}, opened earlier, is a request of its own"
    return Input(0, "opened_later", at, known_at, reason=reason, since=opened_at)


def _cycle_start(clock: Clock) -> datetime:
    return clock.stretches[clock.cycle].start if len(clock.stretches) > clock.cycle else clock.since
