"""Store what became of something that was sent to a linked system."""

from dataclasses import replace

from common.persistence.database import Connection, transaction_time
from intake.linked_tickets.commands import record_created, record_refusal
from intake.linked_tickets.domain.peers import PEERS
from intake.linked_tickets.peer_client import Answered
from intake.linked_tickets.prepared import PreparedSend
from intake.linked_tickets.store import links, sends
from intake.linked_tickets.store.sends import LeasedSend
from intake.tickets.store import tickets


async def record_sent(
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
