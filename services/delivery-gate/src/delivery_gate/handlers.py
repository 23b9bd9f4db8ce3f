"""What the gate does when it hears of environments, of contacts and of Blockers."""

from typing import Literal

from common.events.directory import ContactKnown, EnvironmentKnown
from common.events.envelope import Received
from common.events.tickets import BlockerLifted, BlockerRaised, TicketEvent
from common.messaging.inbox import Handlers, NotYetKnown, each
from common.persistence.database import Connection, moment
from delivery_gate.deliveries.commands import ITSELF, By, Scene
from delivery_gate.directory import store as contacts
from delivery_gate.directory.store import Known
from delivery_gate.emergencies import store as emergencies
from delivery_gate.emergencies.domain import Blocker, BlockerState, EmergencyChange, revoke
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import revoked
from delivery_gate.environments.domain import Environment

LiftedBecause = Literal["lowered", "resolved", "closed", "merged", "moved"]
WHY: dict[LiftedBecause, str] = {
    "lowered": "was lowered",
    "resolved": "was resolved",
    "closed": "was closed",
    "merged": "was merged",
    "moved": "is about another environment",
}


async def on_environment_known(tx: Connection, heard: Received[EnvironmentKnown]) -> None:
    """The directory's word on who an environment belongs to."""
    said = heard.event
    environment = Environment(
        said.environment_id, said.environment, said.customer_id, said.customer, said.tier
    )
    await environments.know(tx, environment, said.name, retired=said.retired)


async def on_contact_known(tx: Connection, heard: Received[ContactKnown]) -> None:
    """Who is erased or has left is nobody for whom the portal speaks."""
    said = heard.event
    digest = None if said.erased or said.retired else said.address_digest
    await contacts.know(tx, Known(said.contact_id, said.customer, digest, heard.sequence))


async def on_blocker_raised(tx: Connection, heard: Received[BlockerRaised]) -> None:
    """From now on an emergency change may rest on this ticket, on its environment alone."""
    said = heard.event
    await _lock(tx, heard.event)
    blocker = Blocker(said.ticket_id, said.ticket, said.environment, "open")
    await emergencies.know_blocker(tx, blocker, said.environment_id)


async def on_blocker_lifted(tx: Connection, heard: Received[BlockerLifted]) -> None:
    """What was not applied yet must not be applied any more (G8)."""
    said = heard.event
    await _lock(tx, said)
    state: BlockerState = "lowered" if said.reason in {"lowered", "moved"} else "closed"
    moved = said.reason == "moved"
    blocker = Blocker(said.ticket_id, said.ticket, None if moved else said.environment, state)
    await emergencies.know_blocker(tx, blocker, None if moved else said.environment_id)
    why = f"{said.ticket} {WHY[said.reason]}."
    at = await moment(tx)
    for change in await emergencies.lock_pending_of(tx, said.ticket_id):
        ended = revoke(change, why, at)
        if isinstance(ended, EmergencyChange):
            place = await environments.of_emergency(tx, change.id)
            await revoked(Scene(tx, place, By(ITSELF), at), ended, why)


async def _lock(tx: Connection, said: TicketEvent) -> None:
    """Every environment this may concern, so that no emergency change is applied meanwhile.

    Raises NotYetKnown where the directory has not told of the ticket's environment.
    """
    here = {said.environment_id} if said.environment_id else set()
    wanted = here | await emergencies.environments_of(tx, said.ticket_id)
    if not here <= await environments.lock_all(tx, wanted):
        raise NotYetKnown(f"environment/{said.environment_id}", EnvironmentKnown.source)


HANDLERS: Handlers = {
    EnvironmentKnown: each(on_environment_known),
    ContactKnown: each(on_contact_known),
    BlockerRaised: each(on_blocker_raised),
    BlockerLifted: each(on_blocker_lifted),
}
