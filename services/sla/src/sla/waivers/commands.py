"""Asking for a waiver and deciding on it: lock, decide, tell the clock, store, announce (R2, C11).

Order of locks: the clock, or all of the customer's waivers over a period; then the waiver; then
deadlines. The moment is read after them, so approval and breach meet in one order (decision 0631).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.audit import Entry, record
from common.auth import Caller
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from sla.clocks.commands import go_on, timetables
from sla.clocks.domain.clock import Input
from sla.clocks.domain.ticket_clock import Tracked, hears
from sla.clocks.store import clocks
from sla.waivers import events as waiver_events
from sla.waivers.deadlines import plan
from sla.waivers.domain.waiver import Decision, Denied, Waiver, approve, refuse, revoke, withdraw
from sla.waivers.store import decide_by as waiver_scopes
from sla.waivers.store import waivers

Verdict = Literal["approve", "refuse", "revoke", "withdraw"]


@dataclass(frozen=True, slots=True)
class Held:
    """A waiver and what it is about, locked, at the moment of the decision. `tracked` is None of a
    period; `deadline`: by when it must be decided to count."""

    waiver: Waiver
    sequence: int
    tracked: Tracked | None
    deadline: datetime | None
    at: datetime


async def hold(tx: Connection, name: UUID | str) -> Held | None:
    """Lock a waiver for a decision; None where there is no such waiver."""
    seen = await waivers.find(tx, name)  # what it is about never changes
    if seen is None:
        return None
    tracked = await _lock_scope(tx, seen[0])
    waiver, sequence = await waivers.lock(tx, seen[0].id)
    at = await transaction_time(tx)
    return Held(waiver, sequence, tracked, await waiver_scopes.deadline(tx, waiver.id, at), at)


async def _lock_scope(tx: Connection, waiver: Waiver) -> Tracked | None:
    if waiver.clock_id is not None:
        return await clocks.lock_one(tx, waiver.clock_id)
    assert waiver.customer_id is not None
    await waivers.lock_customer(tx, waiver.customer_id)
    return None


async def ask(tx: Connection, waiver: Waiver, tracked: Tracked | None, caller: Caller) -> None:
    """Store a new request and announce it at once, with the deadline in it (R3)."""
    at = waiver.requested_at
    await waivers.add(tx, waiver, 1)
    deadline = await waiver_scopes.deadline(tx, waiver.id, at)
    await plan(tx, waiver, deadline)
    told = waiver_events.facts(waiver, tracked, deadline, at)
    event = waiver_events.requested(waiver.clock_id is not None, told)
    await publish(tx, OutboxEvent(event, 1))
    await record(tx, _entry(at, caller, "waiver.request", waiver))


async def decide(
    tx: Connection, held: Held, verdict: Verdict, caller: Caller, reason: str | None
) -> Held | Denied:
    """The waiver as it is then. A denial is on record, too: commit it."""
    decision = Decision(caller.sub, caller.roles, held.at, reason)
    decided = RULES[verdict](held, decision)
    if not isinstance(decided, Waiver):
        await record(tx, _denial(held, verdict, caller, decided))
        return decided
    await _tell_clock(tx, held, decided)
    kept = replace(held, waiver=decided, sequence=held.sequence + 1)
    await waivers.save(tx, decided, kept.sequence)
    await plan(tx, decided, held.deadline)
    told = waiver_events.facts(decided, held.tracked, held.deadline, held.at)
    await publish(tx, OutboxEvent(waiver_events.decided(decided, told), kept.sequence))
    await record(tx, _entry(held.at, caller, f"waiver.{decided.state}", decided))
    return kept


async def _tell_clock(tx: Connection, held: Held, decided: Waiver) -> None:
    """A clock hears of its own waiver at once; of one over a period when it breaks."""
    if held.tracked is None or decided.waived is None or decided.late:
        return
    heard = Input(0, "waived", held.at, held.at, waived=decided.waived, reason=decided.state)
    tables = await timetables(tx, [held.tracked])
    await go_on(tx, [hears(held.tracked, heard, tables)], held.at)


def _approve(held: Held, decision: Decision) -> Waiver | Denied:
    if held.tracked is None:
        return approve(held.waiver, decision, None, None)
    clock = held.tracked.clock
    return approve(held.waiver, decision, clock.deadline, clock.cycle_breached_at)


def _entry(at: datetime, caller: Caller, action: str, waiver: Waiver) -> Entry:
    grounds = {
        "clock": waiver.clock_id and str(waiver.clock_id),
        "customer": waiver.customer,
        "service": waiver.service,
        "starts_at": waiver.starts_at,
        "ends_at": waiver.ends_at,
        "expires_at": waiver.expires_at,
        "late": waiver.late,
    }
    told = {name: value for name, value in grounds.items() if value is not None}
    return Entry(at, caller.sub, action, f"waiver/{waiver.id}", told, caller.via_machine)


def _denial(held: Held, verdict: Verdict, caller: Caller, why: Denied) -> Entry:
    subject, grounds = f"waiver/{held.waiver.id}", {"why": why, "wanted": verdict}
    return Entry(held.at, caller.sub, "waiver.decide.denied", subject, grounds, caller.via_machine)


RULES: Mapping[Verdict, Callable[[Held, Decision], Waiver | Denied]] = {
    "approve": _approve,
    "refuse": lambda held, decision: refuse(held.waiver, decision),
    "revoke": lambda held, decision: revoke(held.waiver, decision),
    "withdraw": lambda held, decision: withdraw(held.waiver, decision),
}
