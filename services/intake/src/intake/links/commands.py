"""Make and remove links: row, event and audit entry in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from common.audit import JSON
from common.domain import Actor, Rejection
from common.events.ticket_links import TicketLinked, TicketUnlinked
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.links import store
from intake.links.domain import Link, LinkKind, check_link, check_removal
from intake.tickets.commands import audit_rejection, save_change
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec, event_spec


@dataclass(frozen=True, slots=True)
class Linked:
    """A new link, and the ticket `of` which it is, with its sequence after it."""

    link: Link
    of: Ticket


async def link_tickets(
    tx: Connection, ticket: Ticket, kind: LinkKind, other: Ticket, actor: Actor, at: datetime
) -> Linked | Rejection:
    """Link two locked tickets; the kind is locked."""
    existing = await store.list_of_ticket(tx, ticket.id)
    reachable = await store.list_reachable(tx, kind, other.id)
    if rejection := check_link(ticket, kind, other, existing, reachable):
        await audit_rejection(tx, ticket, actor, at, "ticket.link", rejection)
        return rejection
    link = Link(uuid7(), ticket.id, kind, other.id, actor.sub, at)
    await store.add(tx, link)
    event = _event(TicketLinked, link, other)
    grounds: dict[str, JSON] = {"link": kind, "other": other.key}
    stored = await save_change(tx, ticket, ticket, actor, at, "ticket.link", event, grounds=grounds)
    return Linked(link, stored)


async def remove_link(
    tx: Connection, ticket: Ticket, link: Link, other: Ticket, actor: Actor, at: datetime
) -> Rejection | None:
    """Remove a link of two locked tickets; `ticket` is the one from which it leads."""
    if rejection := check_removal(link):
        await audit_rejection(tx, ticket, actor, at, "ticket.unlink", rejection)
        return rejection
    await store.remove(tx, link.id)
    event = _event(TicketUnlinked, link, other)
    grounds: dict[str, JSON] = {"link": link.kind, "other": other.key}
    await save_change(tx, ticket, ticket, actor, at, "ticket.unlink", event, grounds=grounds)
    return None


def _event(
    event: type[TicketLinked] | type[TicketUnlinked], link: Link, other: Ticket
) -> EventSpec:
    return event_spec(event, link_id=link.id, link=link.kind, other_id=other.id, other=other.key)
