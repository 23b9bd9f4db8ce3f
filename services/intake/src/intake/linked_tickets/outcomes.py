"""Store what became of something that was sent to a linked system."""

from dataclasses import replace

from common.persistence.database import Connection, transaction_time
from intake.files import store as files
from intake.files.domain.upload import Upload
from intake.linked_tickets.commands import record_created, record_refusal
from intake.linked_tickets.domain.link import SendState
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.peer_client import Answered
from intake.linked_tickets.prepared import PreparedSend
from intake.linked_tickets.receiving import add_their_message
from intake.linked_tickets.store import links, sends
from intake.linked_tickets.store.sends import LeasedSend
from intake.tickets.attached_files import attachment_of
from intake.tickets.store import tickets


async def record_done(
    tx: Connection, send: LeasedSend, prepared: PreparedSend, result: Answered | Upload | None
) -> None:
    """Store what became of it: it arrived there, or a file of theirs is here."""
    if isinstance(result, Answered):
        await _record_sent(tx, send, prepared, result)
    elif result is None:
        await sends.settle(tx, send, "cancelled", await transaction_time(tx))
    else:
        await _record_fetched(tx, send, prepared, result)


async def _record_fetched(
    tx: Connection, send: LeasedSend, prepared: PreparedSend, upload: Upload
) -> None:
    """Add a message that carries their file. Order of locks: ticket, link."""
    assert prepared.theirs is not None, "fetched"
    ticket = await tickets.lock_survivor(tx, prepared.link.ticket_id)
    link = await links.lock(tx, send.link_id)
    assert link is not None, "links are never deleted"
    at = await transaction_time(tx)
    state: SendState = "cancelled" if link.state == "ended" else "sent"
    if not await sends.settle(tx, send, state, at) or state == "cancelled":
        return
    await files.set_ready(tx, upload.id, at)
    remote, attached = prepared.theirs, attachment_of(upload)
    words = f"{remote.author}: {upload.name}" if remote.author else upload.name
    message = await add_their_message(
        tx,
        ticket,
        link,
        prepared.system,
        words,
        at,
        is_public=remote.is_public,
        attached=(attached,),
    )
    await files.set_used(tx, [upload.id], message.ticket_id, message.id)


async def _record_sent(
    tx: Connection, send: LeasedSend, prepared: PreparedSend, answered: Answered
) -> None:
    """Store that it arrived, and what their side has since."""
    link = await links.lock(tx, send.link_id)
    assert link is not None, "links are never deleted"
    if not await sends.settle(tx, send, "sent", await transaction_time(tx)):
        return
    if prepared.kind == "create" and link.state != "ended":
        peer = PEERS[prepared.system.kind]
        body = answered.body
        counterpart = peer.read_found(body) or peer.read_created(body)
        await record_created(tx, link, counterpart, prepared.values)
    elif prepared.values:
        await links.save(tx, replace(link, known=dict(link.known) | prepared.values))


async def record_refused(
    tx: Connection, send: LeasedSend, prepared: PreparedSend, problem: str
) -> None:
    """Store that it was refused for good, and put it before people. Order of locks: ticket, link."""
    ticket = await tickets.lock_survivor(tx, prepared.link.ticket_id)
    link = await links.lock(tx, send.link_id)
    assert link is not None, "links are never deleted"
    at = await transaction_time(tx)
    await record_refusal(tx, ticket, link, prepared.system, send, problem, at)
