"""Events about Blockers."""

from collections.abc import Mapping
from typing import Final, Literal

from common.events.directory import EnvironmentKnown
from common.events.envelope import ReceivedEvent
from common.events.tickets import (
    BlockerConfirmed,
    BlockerLifted,
    BlockerRaised,
    TicketEvent,
    TicketKnown,
)
from common.messaging.inbox import MissingReference
from common.persistence.database import Connection, transaction_time
from delivery_gate.command_context import SYSTEM
from delivery_gate.emergencies.commands import record_mark, record_revocation, record_withdrawn_mark
from delivery_gate.emergencies.domain import (
    Blocker,
    BlockerState,
    EmergencyChange,
    mark_without_blocker,
    revoke,
    withdraw_mark,
)
from delivery_gate.emergencies.store import blockers, emergency_changes
from delivery_gate.environments import store as environments
from delivery_gate.environments.context import EnvironmentContext

LiftReason = Literal["lowered", "resolved", "closed", "merged", "moved"]
LIFTED_TEXTS: Final[Mapping[LiftReason, str]] = {
    "lowered": "was lowered",
    "resolved": "was resolved",
    "closed": "was closed",
    "merged": "was merged",
    "moved": "is about another environment",
}

LIFT_REASONS: Final[Mapping[str, LiftReason]] = {
    "resolved": "resolved",
    "verified": "resolved",
    "closed": "closed",
    "merged": "merged",
}
"""Why a ticket in this state, with the priority of a Blocker, is none."""


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """Store the Blocker: it justifies emergency changes on its environment from now on.

    Heard late, it also justifies those that were applied since it was raised (G8).
    """
    await _raise(tx, received.event, confirmed=received.event.confirmed)


async def on_blocker_confirmed(tx: Connection, received: ReceivedEvent[BlockerConfirmed]) -> None:
    """Store that first level confirmed a contact's Blocker: it justifies emergency changes now (R5)."""
    await _raise(tx, received.event, confirmed=True)


async def _raise(tx: Connection, event: TicketEvent, *, confirmed: bool) -> None:
    await _lock_environments(tx, event)
    blocker = Blocker(event.ticket_id, event.ticket, event.environment, "open", confirmed)
    await blockers.upsert(tx, blocker, event.environment_id)
    for change in await emergency_changes.lock_applied_of_ticket(tx, event.ticket_id):
        unmarked = withdraw_mark(change, blocker, event.at)
        if unmarked != change:
            await record_withdrawn_mark(await _context(tx, change), unmarked)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """Store that the Blocker is lifted (G8).

    The changes on it that are not applied are revoked; those that were applied after it had ended are
    marked.
    """
    await _lift(tx, received.event, received.event.reason)


async def _lift(tx: Connection, event: TicketEvent, lift_reason: LiftReason) -> None:
    await _lock_environments(tx, event)
    state: BlockerState = "lowered" if lift_reason in {"lowered", "moved"} else "closed"
    moved = lift_reason == "moved"
    blocker = Blocker(event.ticket_id, event.ticket, None if moved else event.environment, state)
    await blockers.upsert(tx, blocker, None if moved else event.environment_id)
    reason = f"{event.ticket} {LIFTED_TEXTS[lift_reason]}."
    for change in await emergency_changes.lock_pending_of_ticket(tx, event.ticket_id):
        await _revoke(tx, change, reason)
    for change in await emergency_changes.lock_applied_of_ticket(tx, event.ticket_id):
        marked = mark_without_blocker(change, event.at)
        if marked != change:
            await record_mark(await _context(tx, change), marked, reason)


async def on_ticket_known(tx: Connection, received: ReceivedEvent[TicketKnown]) -> None:
    """Store what intake knows of a ticket as a Blocker, whatever was received of it before."""
    event = received.event
    if event.is_blocker:
        await _raise(tx, event, confirmed=event.confirmed)
    elif (stored := await blockers.get(tx, event.ticket_id)) and stored.state == "open":
        await _lift(tx, event, _lift_reason(event))


def _lift_reason(event: TicketKnown) -> LiftReason:
    if event.priority != "blocker":
        return "lowered"
    return LIFT_REASONS.get(event.state, "moved")


async def _revoke(tx: Connection, change: EmergencyChange, reason: str) -> None:
    context = await _context(tx, change)
    revoked = revoke(change, reason, context.at)
    if isinstance(revoked, EmergencyChange):
        await record_revocation(context, revoked, reason)


async def _context(tx: Connection, change: EmergencyChange) -> EnvironmentContext:
    environment_id = await emergency_changes.get_environment_id(tx, change.id)
    environment = await environments.get(tx, environment_id)
    return EnvironmentContext(tx, SYSTEM, await transaction_time(tx), environment)


async def _lock_environments(tx: Connection, event: TicketEvent) -> None:
    """Lock every environment that this may concern, so that no change is applied meanwhile.

    Raises MissingReference while the directory has not announced the ticket's environment.
    """
    here = {event.environment_id} if event.environment_id else set()
    environment_ids = here | await emergency_changes.list_environment_ids(tx, event.ticket_id)
    if not here <= await environments.lock_all(tx, environment_ids):
        raise MissingReference(f"environment/{event.environment_id}", EnvironmentKnown.source)
