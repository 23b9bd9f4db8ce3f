"""From what is leased to the requests that send it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from common.erasure import ERASED
from common.persistence.database import Connection
from intake.files.domain.file_name import make_safe
from intake.linked_tickets.domain.link import (
    LinkedSystem,
    LinkedTicket,
    SendKind,
    comment_text,
    marker_of,
    unsent,
)
from intake.linked_tickets.domain.peer import (
    Json,
    NewTicket,
    OutgoingFile,
    PeerRequest,
    RemoteFile,
    Step,
)
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.file_transfer import OurFile
from intake.linked_tickets.peer_client import Answered
from intake.linked_tickets.store import links, systems
from intake.linked_tickets.store.sends import LeasedSend
from intake.mail import store as mails
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

_FILE: Final = text(
    """
    SELECT attachments.name, media_type, size, digest, messages.text, mail_id,
        coalesce(people.name, contacts.name, '') AS author
    FROM attachments JOIN messages ON messages.id = message_id
    LEFT JOIN people ON people.sub = messages.author
    LEFT JOIN contacts ON 'contact/' || contacts.id = messages.author AND NOT contacts.erased
    WHERE message_id = :id AND position = :file
    """
)


@dataclass(frozen=True, slots=True)
class PreparedSend:
    """What to ask their side, step by step. `values` are what they have of ours afterwards.

    `ours` is the file that one of the steps carries, `theirs` the one that is to be fetched; `refused` says why
    nothing is asked at all. `look_first` asks whether it has arrived already, where it was begun before; `has_arrived` reads the
    answer.
    """

    kind: SendKind
    system: LinkedSystem
    link: LinkedTicket
    steps: Sequence[Step]
    values: dict[str, str]
    look_first: PeerRequest | None = None
    has_arrived: Callable[[Answered], bool] = lambda _: False
    ours: OurFile | None = None
    theirs: RemoteFile | None = None
    refused: str | None = None


async def prepare(tx: Connection, send: LeasedSend) -> PreparedSend | None:
    """The requests; None where there is nothing to send any more."""
    link = await links.find(tx, send.link_id)
    assert link is not None, "links are never deleted"
    system = await systems.find(tx, link.system_id)
    own = await tickets.find(tx, str(link.ticket_id))
    ticket = await tickets.find_survivor(tx, link.ticket_id)
    assert system is not None, "systems are never deleted"
    assert own is not None, "a foreign key"
    if link.state == "ended":
        return None
    match send.kind:
        case "create":
            return await _creation(tx, send, system, link, own, ticket)
        case "comment":
            return await _comment(tx, send, system, link)
        case "fields":
            return await _fields(tx, system, link, ticket)
        case "file":
            return await _file(tx, send, system, link)
        case "fetch":
            return _fetch(send, system, link)


async def _creation(
    tx: Connection,
    send: LeasedSend,
    system: LinkedSystem,
    link: LinkedTicket,
    own: Ticket,
    ticket: Ticket,
) -> PreparedSend:
    """What makes the counterpart of its `own` ticket, with the values of the one into which that was merged."""
    peer = PEERS[system.kind]
    description = await tickets.get_description(tx, own.id) or ""
    values = system.fields.outgoing(ticket.priority, ticket.state)
    values.pop("state", None)  # it is new there; where ours is further, that follows
    new = NewTicket(link.id, own.key, own.title, description, values)

    def has_arrived(answered: Answered) -> bool:
        return peer.read_found(answered.body) is not None

    request = peer.create(new, system.fields)
    look_first = peer.find(new) if send.attempts > 1 else None
    return PreparedSend("create", system, link, _steps(request), values, look_first, has_arrived)


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
    return PreparedSend("comment", system, link, _steps(request), {}, look_first, has_arrived)


async def _fields(
    tx: Connection, system: LinkedSystem, link: LinkedTicket, ticket: Ticket
) -> PreparedSend | None:
    found = await links.conflicts_of(tx, link.id)
    in_conflict = frozenset(one.field for one in found if one.decision is None)
    values = unsent(link, system.fields, ticket, in_conflict)
    if not values or link.remote_id is None:
        return None
    requests = PEERS[system.kind].change(link.remote_id, values, system.fields)
    return PreparedSend("fields", system, link, _steps(*requests), values)


async def _file(
    tx: Connection, send: LeasedSend, system: LinkedSystem, link: LinkedTicket
) -> PreparedSend | None:
    """The steps that attach a file; None where it was erased, or none go there."""
    values = {"id": send.message_id, "file": send.file}
    row = (await tx.execute(_FILE, values)).one_or_none()
    most = system.fields.max_file_bytes
    if row is None or row.text == ERASED or link.remote_id is None or not most:
        return None
    assert send.message_id is not None, "a constraint"
    name = make_safe(row.name)
    words = comment_text(name, row.author, marker_of(send.message_id))
    file = OutgoingFile(name, row.media_type, row.size, words)
    if row.size > most:
        problem = f"{name} has {row.size} bytes, and at most {most} go there"
        return PreparedSend("file", system, link, (), {}, refused=problem)
    raw = None
    if row.mail_id is not None:
        mail = await mails.find(tx, row.mail_id)
        if mail is None or mail.raw_deleted_at is not None:
            return None
        raw = mail.raw
    peer = PEERS[system.kind]

    def has_arrived(answered: Answered) -> bool:
        return (file.name, file.size) in set(peer.read_files(answered.body))

    steps, ours = peer.attach(link.remote_id, file), OurFile(file, row.digest, raw)
    look_first = peer.files(link.remote_id) if send.attempts > 1 else None
    return PreparedSend("file", system, link, steps, {}, look_first, has_arrived, ours)


def _fetch(send: LeasedSend, system: LinkedSystem, link: LinkedTicket) -> PreparedSend | None:
    """What is to be fetched; None where none is any more."""
    if send.remote_file is None or not send.remote_file.name or not system.fields.max_file_bytes:
        return None
    return PreparedSend("fetch", system, link, (), {}, theirs=send.remote_file)


def _steps(*requests: PeerRequest) -> list[Step]:
    """Requests that need no answer of another one."""
    return [partial(_same, request) for request in requests]


def _same(request: PeerRequest, _: Json) -> PeerRequest:
    return request


async def _find_message(tx: Connection, id: UUID | None) -> Any:
    return (await tx.execute(_MESSAGE, {"id": id})).one()
