"""What the routes of linked tickets share: find, lock and show."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from common.auth import Caller, requires
from common.errors import NotFound
from common.http import IdOrKey
from common.persistence.database import Connection
from intake.linked_tickets.domain.link import LinkedSystem, LinkedTicket
from intake.linked_tickets.schemas import ConflictRead, LinkedTicketRead
from intake.linked_tickets.store import links, systems
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import tickets

SystemReference = Annotated[
    IdOrKey, Path(alias="system", description="The linked system's id or key.")
]
LinkId = Annotated[UUID, Path(alias="link", description="The link's id.")]
Worker = Annotated[Caller, requires("tickets:work")]
SystemReader = Annotated[Caller, requires("linked-systems:read")]
SystemWriter = Annotated[Caller, requires("linked-systems:write")]


async def get_system(tx: Connection, ref: str) -> LinkedSystem:
    """The system with this id or key. Raises NotFound."""
    system = await systems.find(tx, ref)
    if system is None:
        raise NotFound(f"Linked system {ref}")
    return system


async def lock_link(tx: Connection, id: UUID) -> tuple[Ticket, LinkedTicket]:
    """The link with its ticket, both locked, in this order. Raises NotFound."""
    found = await links.find(tx, id)
    if found is None:
        raise NotFound(f"Linked ticket {id}")
    ticket = await tickets.lock_survivor(tx, found.ticket_id)
    link = await links.lock(tx, id)
    assert link is not None, "links are never deleted"
    return ticket, link


async def read_link(tx: Connection, link: LinkedTicket) -> LinkedTicketRead:
    """The link as staff reads it."""
    system = await systems.find(tx, link.system_id)
    assert system is not None, "a foreign key"
    conflicts = await links.conflicts_of(tx, link.id)
    key = await tickets.find_key(tx, link.ticket_id)
    assert key is not None, "a foreign key"
    return LinkedTicketRead(
        id=link.id,
        ticket_id=link.ticket_id,
        ticket=key,
        system=system.key,
        state=link.state,
        remote_id=link.remote_id,
        remote_key=link.remote_key,
        remote_url=None if link.remote_path is None else system.base_url + link.remote_path,
        known=link.known,
        sends=await links.count_sends(tx, link.id),
        conflicts=[ConflictRead.model_validate(one) for one in conflicts],
        created_by=link.created_by,
        created_at=link.created_at,
    )
