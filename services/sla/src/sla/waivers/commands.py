"""Request a waiver and decide on it: lock, decide, apply to the clock, store, publish (R2, C11).

Order of locks: the clock, or all of the customer's waivers over a period; then the waiver; then
deadlines. The time is read after them, so an approval and a breach have one order (decision 0631).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from common.audit import Entry, record
from common.auth import Caller
from common.auth.persons import counted_as
from common.domain import Actor, Rejection
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from sla.clocks.commands import apply_changes, load_timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import TicketClock, apply_input
from sla.clocks.store import clocks
from sla.waivers import events as waiver_events
from sla.waivers.deadlines import schedule_next
from sla.waivers.domain.waiver import (
    Decision,
    Waiver,
    approve,
    refuse,
    revoke,
    withdraw,
)
from sla.waivers.store import decide_by as waiver_scopes
from sla.waivers.store import waivers

DecisionAction = Literal["approve", "refuse", "revoke", "withdraw"]


@dataclass(frozen=True, slots=True)
class LockedWaiver:
    """A waiver and its clock, locked, at the instant of the decision.

    `ticket_clock` is None for a waiver over a period. `deadline`: by when it must be decided to
    count, None where nothing can breach at present.
    """

    waiver: Waiver
    sequence: int
    ticket_clock: TicketClock | None
    deadline: datetime | None
    at: datetime


async def lock_waiver(tx: Connection, reference: str) -> LockedWaiver | None:
    """Lock a waiver, by id or key, for a decision; None where there is no such waiver."""
    unlocked = await waivers.find(tx, reference)  # what it is about never changes
    if unlocked is None:
        return None
    ticket_clock = await _lock_scope(tx, unlocked[0])
    waiver, sequence = await waivers.lock(tx, unlocked[0].id)
    at = await transaction_time(tx)
    return LockedWaiver(
        waiver, sequence, ticket_clock, await waiver_scopes.get_deadline(tx, waiver.id, at), at
    )


async def _lock_scope(tx: Connection, waiver: Waiver) -> TicketClock | None:
    if waiver.clock_id is not None:
        return await clocks.lock_by_id(tx, waiver.clock_id)
    assert waiver.customer_id is not None
    await waivers.lock_customer(tx, waiver.customer_id)
    return None


async def submit(
    tx: Connection, waiver: Waiver, ticket_clock: TicketClock | None, caller: Caller
) -> None:
    """Store a new request and publish it at once, with its deadline (R3)."""
    at = waiver.requested_at
    await waivers.add(tx, waiver, 1)
    deadline = await waiver_scopes.get_deadline(tx, waiver.id, at)
    await schedule_next(tx, waiver, deadline)
    payload = waiver_events.waiver_payload(waiver, ticket_clock, deadline, at)
    event = waiver_events.requested_event(waiver.clock_id is not None, payload)
    await publish(tx, OutboxEvent(event, 1))
    await record(tx, _entry(at, caller.actor, "waiver.request", waiver))


async def decide(
    tx: Connection, locked: LockedWaiver, action: DecisionAction, caller: Caller, reason: str | None
) -> LockedWaiver | Rejection:
    """Decide on a locked waiver and return it as it is then.

    A rejection is audited as well: the caller commits the transaction.
    """
    person = await counted_as(tx, caller.sub, locked.waiver.requested_by)
    decision = Decision(person, caller.roles, locked.at, reason)
    outcome = DECISION_RULES[action](locked, decision)
    if isinstance(outcome, Rejection):
        await record(tx, _denial(locked, action, caller.actor, outcome))
        return outcome
    await _apply_to_clock(tx, locked, outcome)
    updated = replace(locked, waiver=outcome, sequence=locked.sequence + 1)
    await waivers.save(tx, outcome, updated.sequence)
    await schedule_next(tx, outcome, locked.deadline)
    payload = waiver_events.waiver_payload(outcome, locked.ticket_clock, locked.deadline, locked.at)
    await publish(tx, OutboxEvent(waiver_events.decision_event(outcome, payload), updated.sequence))
    await record(tx, _entry(locked.at, caller.actor, f"waiver.{outcome.state}", outcome))
    return updated


async def _apply_to_clock(tx: Connection, locked: LockedWaiver, waiver: Waiver) -> None:
    """Apply the waiver of a clock at once; one over a period is applied when a clock breaches."""
    if locked.ticket_clock is None or waiver.clock_waiver is None or waiver.late:
        return
    input = Input(
        0, "waived", locked.at, locked.at, waiver=waiver.clock_waiver, reason=waiver.state
    )
    tables = await load_timetables(tx, [locked.ticket_clock])
    await apply_changes(tx, [apply_input(locked.ticket_clock, input, tables)], locked.at)


def _approve(locked: LockedWaiver, decision: Decision) -> Waiver | Rejection:
    if locked.ticket_clock is None:
        return approve(locked.waiver, decision, None, None)
    clock = locked.ticket_clock.clock
    return approve(locked.waiver, decision, clock.deadline, clock.cycle_breached_at)


def _entry(at: datetime, actor: Actor, action: str, waiver: Waiver) -> Entry:
    grounds = {
        "clock": waiver.clock_id and str(waiver.clock_id),
        "customer": waiver.customer,
        "service": waiver.service,
        "starts_at": waiver.starts_at,
        "ends_at": waiver.ends_at,
        "expires_at": waiver.expires_at,
        "late": waiver.late,
    }
    known_grounds = {name: value for name, value in grounds.items() if value is not None}
    return Entry.by(actor, at, action, f"waiver/{waiver.id}", known_grounds)


def _denial(
    locked: LockedWaiver, action: DecisionAction, actor: Actor, rejection: Rejection
) -> Entry:
    subject, grounds = f"waiver/{locked.waiver.id}", {"why": rejection.code, "wanted": action}
    return Entry.by(actor, locked.at, "waiver.decide.denied", subject, grounds)


DECISION_RULES: Mapping[DecisionAction, Callable[[LockedWaiver, Decision], Waiver | Rejection]] = {
    "approve": _approve,
    "refuse": lambda locked, decision: refuse(locked.waiver, decision),
    "revoke": lambda locked, decision: revoke(locked.waiver, decision),
    "withdraw": lambda locked, decision: withdraw(locked.waiver, decision),
}
