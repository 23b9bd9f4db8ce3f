"""What the gate does when it hears of environments, of contacts and of Blockers."""

from typing import Literal

from common.events.directory import ContactKnown, EnvironmentKnown
from common.events.envelope import ReceivedEvent
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent
from common.messaging.inbox import Handlers, MissingReference, for_each
from common.persistence.database import Connection, transaction_time
from delivery_gate.deliveries.commands import SYSTEM_SUB, Actor, CommandContext
from delivery_gate.directory import store as contacts
from delivery_gate.directory.store import ContactRecord
from delivery_gate.emergencies import store as emergencies
from delivery_gate.emergencies.domain import Blocker, BlockerState, EmergencyChange, revoke
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import record_revoked
from delivery_gate.environments.domain import Environment

LiftReason = Literal["lowered", "resolved", "closed", "merged", "moved"]
LIFTED_TEXTS: dict[LiftReason, str] = {
    "lowered": "was lowered",
    "resolved": "was resolved",
    "closed": "was closed",
    "merged": "was merged",
    "moved": "is about another environment",
}


async def on_environment_known(tx: Connection, received: ReceivedEvent[EnvironmentKnown]) -> None:
    """The directory's word on who an environment belongs to."""
    event = received.event
    environment = Environment(
        event.environment_id, event.environment, event.customer_id, event.customer, event.tier
    )
    await environments.upsert(tx, environment, event.name, retired=event.retired)


async def on_contact_known(tx: Connection, received: ReceivedEvent[ContactKnown]) -> None:
    """Who is erased or has left is nobody for whom the portal speaks."""
    event = received.event
    digest = None if event.erased or event.retired else event.address_digest
    await contacts.upsert(
        tx, ContactRecord(event.contact_id, event.customer, digest, received.sequence)
    )


async def on_blocker_raised(tx: Connection, received: ReceivedEvent[BlockerRaised]) -> None:
    """From now on an emergency change may rest on this ticket, on its environment alone."""
    event = received.event
    await _lock_environments(tx, received.event)
    blocker = Blocker(event.ticket_id, event.ticket, event.environment, "open")
    await emergencies.upsert_blocker(tx, blocker, event.environment_id)


async def on_blocker_lifted(tx: Connection, received: ReceivedEvent[BlockerLifted]) -> None:
    """What was not applied yet must not be applied any more (G8)."""
    event = received.event
    await _lock_environments(tx, event)
    state: BlockerState = "lowered" if event.reason in {"lowered", "moved"} else "closed"
    moved = event.reason == "moved"
    blocker = Blocker(event.ticket_id, event.ticket, None if moved else event.environment, state)
    await emergencies.upsert_blocker(tx, blocker, None if moved else event.environment_id)
    why = f"{event.ticket} {LIFTED_TEXTS[event.reason]}."
    at = await transaction_time(tx)
    for change in await emergencies.lock_pending_of_ticket(tx, event.ticket_id):
        ended = revoke(change, why, at)
        if isinstance(ended, EmergencyChange):
            environment = await environments.get_of_emergency(tx, change.id)
            await record_revoked(CommandContext(tx, environment, Actor(SYSTEM_SUB), at), ended, why)


async def _lock_environments(tx: Connection, event: TicketEvent) -> None:
    """Every environment this may concern, so that no emergency change is applied meanwhile.

    Raises NotYetKnown where the directory has not told of the ticket's environment.
    """
    here = {event.environment_id} if event.environment_id else set()
    environment_ids = here | await emergencies.list_environment_ids(tx, event.ticket_id)
    if not here <= await environments.lock_all(tx, environment_ids):
        raise MissingReference(f"environment/{event.environment_id}", EnvironmentKnown.source)


HANDLERS: Handlers = {
    EnvironmentKnown: for_each(on_environment_known),
    ContactKnown: for_each(on_contact_known),
    BlockerRaised: for_each(on_blocker_raised),
    BlockerLifted: for_each(on_blocker_lifted),
}
