"""From what is leased to the requests that send it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from common.erasure import ERASED
from common.persistence.database import Connection
from intake.linked_tickets.domain.link import (
    LinkedSystem,
    LinkedTicket,
    SendKind,
    comment_text,
    marker_of,
    unsent,
)
from intake.linked_tickets.domain.peer import NewTicket, PeerRequest
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.peer_client import Answered
from intake.linked_tickets.store import links, systems
from intake.linked_tickets.store.sends import LeasedSend
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import tickets

_MESSAGE: Final = text(
    """
    SELECT messages.text, coalesce(people.name, contacts.name, '') AS author FROM messages
    LEFT JOIN people ON people.sub = messages.author
    LEFT JOIN contacts ON 'contact/' || contacts.id = messages.author AND NOT contacts.erased
    WHERE messages.id = :id
    """
)


@dataclass(frozen=True, slots=True)
class PreparedSend:
    """What to ask their side. `values` are what they have of ours afterwards.

    `look_first` asks whether it has arrived already, where it was begun before; `has_arrived` reads the
    answer.
    """

    kind: SendKind
    system: LinkedSystem
    link: LinkedTicket
    requests: Sequence[PeerRequest]
    values: dict[str, str]
    look_first: PeerRequest | None = None
    has_arrived: Callable[[Answered], bool] = lambda _: False


async def prepare(tx: Connection, send: LeasedSend) -> PreparedSend | None:
    """The requests; None where there is nothing to send any more."""
    link = await links.find(tx, send.link_id)
    assert link is not None, "links are never deleted"
    system = await systems.find(tx, link.system_id)
    ticket = await tickets.find(tx, str(link.ticket_id))
    assert system is not None, "systems are never deleted"
    assert ticket is not None, "a foreign key"
    if link.state == "ended":
        return None
    match send.kind:
        case "create":
            return await _creation(tx, send, system, link, ticket)
        case "comment":
            return await _comment(tx, send, system, link)
        case "fields":
            return await _fields(tx, system, link, ticket)


async def _creation(
    tx: Connection, send: LeasedSend, system: LinkedSystem, link: LinkedTicket, ticket: Ticket
) -> PreparedSend:
    peer = PEERS[system.kind]
    description = await tickets.get_description(tx, ticket.id) or ""
    values = system.fields.outgoing(ticket.priority, ticket.state)
    values.pop("state", None)  # it is new there; where ours is further, that follows
    new = NewTicket(link.id, ticket.key, ticket.title, description, values)

    def has_arrived(answered: Answered) -> bool:
        return peer.read_found(answered.body) is not None

    request = peer.create(new, system.fields)
    look_first = peer.find(new) if send.attempts > 1 else None
    return PreparedSend("create", system, link, [request], values, look_first, has_arrived)


async def _comment(
    tx: Connection, send: LeasedSend, system: LinkedSystem, link: LinkedTicket
) -> PreparedSend | None:
    message = await _find_message(tx, send.message_id)
    if message.text == ERASED or link.remote_id is None or send.message_id is None:
        return None
    peer, marker = PEERS[system.kind], marker_of(send.message_id)
    words = comment_text(message.text, message.author, marker)

    def has_arrived(answered: Answered) -> bool:
        return marker in answered.text

    request = peer.comment(link.remote_id, words)
    look_first = peer.comments(link.remote_id) if send.attempts > 1 else None
    return PreparedSend("comment", system, link, [request], {}, look_first, has_arrived)


async def _fields(
    tx: Connection, system: LinkedSystem, link: LinkedTicket, ticket: Ticket
) -> PreparedSend | None:
    found = await links.conflicts_of(tx, link.id)
    in_conflict = frozenset(one.field for one in found if one.decision is None)
    values = unsent(link, system.fields, ticket, in_conflict)
    if not values or link.remote_id is None:
        return None
    requests = PEERS[system.kind].change(link.remote_id, values, system.fields)
    return PreparedSend("fields", system, link, requests, values)


async def _find_message(tx: Connection, id: UUID | None) -> Any:
    return (await tx.execute(_MESSAGE, {"id": id})).one()
