"""The next promise of an open ticket. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

Metric = Literal["first_response", "next_reply", "update", "workaround", "resolution"]
Contract = Literal["sla", "ola", "uc"]

NOTHING_DUE: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""The place in the queue of what has no promise, or whose promises are all paused: last."""


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a ticket that breaks next, or that broke and is still not met.

    `due_at` is None while its clock is paused. `contract` says whose promise it is: `sla` ours to the
    customer, `ola` second level's to us, `uc` that of `partner` (a key) to us.
    """

    metric: Metric
    contract: Contract
    partner: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The place of an open ticket in the queue; `promise` is None where nothing is promised."""

    ticket_id: UUID
    due_at: datetime
    promise: Promise | None


def queue_entry(
    ticket_id: UUID,
    due_at: datetime,
    metric: Metric | None,
    contract: Contract | None,
    partner: str | None,
) -> QueueEntry:
    """The entry of a row, whose `due_at` is NOTHING_DUE where nothing is."""
    promise = None
    if metric is not None and contract is not None:
        shown = None if due_at == NOTHING_DUE else due_at
        promise = Promise(metric, contract, partner, shown)
    return QueueEntry(ticket_id, due_at, promise)
