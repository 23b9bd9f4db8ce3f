"""Link tickets, store what was sent, apply what came, decide conflicts: each in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from common import audit
from common.domain import Actor, Rejection
from common.persistence.database import Connection
from common.persistence.ids import uuid7
from intake.linked_tickets.domain.link import (
    Conflict,
    Decision,
    LinkedSystem,
    LinkedTicket,
    SendKind,
    check_system,
)
from intake.linked_tickets.domain.notes import note_on_failure, note_on_file
from intake.linked_tickets.domain.peer import Counterpart
from intake.linked_tickets.store import links, sends
from intake.linked_tickets.store.sends import LeasedSend
from intake.reasons import store as reasons
from intake.tickets.commands import save_change
from intake.tickets.domain.message import Message
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import messages

SYSTEM: Final = Actor("opsdesk")
"""Who acts where no person does."""
_NAMES: Final[Mapping[SendKind, str]] = {
    "create": "ticket",
    "comment": "message",
    "fields": "change",
    "file": "file",
    "fetch": "file",
}


async def link_ticket(
    tx: Connection,
    ticket: Ticket,
    system: LinkedSystem,
    remote_id: str | None,
    actor: Actor,
    at: datetime,
) -> LinkedTicket | Rejection:
    """Link a locked ticket: to their ticket with this id, or to one that is made there."""
    if (rejection := check_system(system, ticket)) is not None:
        return rejection
    if await links.find_open(tx, ticket.id, system.id) is not None:
        return Rejection("LINKED", f"{ticket.key} is linked with {system.key} already.")
    if remote_id is not None and await links.find_remote(tx, system.id, remote_id) is not None:
        return Rejection("LINKED", f"{remote_id} of {system.key} is linked with another ticket.")
    link = LinkedTicket(
        id=uuid7(),
        ticket_id=ticket.id,
        system_id=system.id,
        state="creating" if remote_id is None else "linked",
        known={},
        created_by=actor.sub,
        created_at=at,
        remote_id=remote_id,
        remote_key=remote_id,
    )
    await links.add(tx, link)
    if remote_id is None:
        await sends.add_create(tx, link.id)
        await sends.add_first_files(tx, link.id, ticket.id)
    else:
        await sends.add_fields(tx, link.id)
    await record(tx, link, actor, at, "link", {"system": system.key})
    return link


async def unlink(
    tx: Connection, link: LinkedTicket, actor: Actor, at: datetime, reason: str
) -> LinkedTicket | Rejection:
    """End a locked link: nothing goes out or comes in any more."""
    if link.state == "ended":
        return Rejection("ENDED", "This link has ended already.")
    ended = replace(link, state="ended")
    await sends.cancel_of(tx, link.id, at)
    await links.save(tx, ended)
    await record(tx, ended, actor, at, "unlink", {"reason": reason})
    return ended


async def take_along(
    tx: Connection,
    link: LinkedTicket,
    ticket: Ticket,
    system: LinkedSystem,
    actor: Actor,
    at: datetime,
) -> LinkedTicket:
    """Let a locked link go on with the locked ticket on which its own goes on, and send how that stands.

    It stays where it is if that ticket must not go to this system. One that has a counterpart there of its
    own has two from then on: whoever reads either of them gets the answers.
    """
    if link.state == "ended" or check_system(system, ticket) is not None:
        return link
    moved = link.on(ticket.id)
    await links.move(tx, moved)
    await sends.add_fields(tx, link.id)
    await record(tx, link, actor, at, "go_on", {"ticket": ticket.key})
    return moved


async def retry(
    tx: Connection, link: LinkedTicket, actor: Actor, at: datetime
) -> LinkedTicket | Rejection:
    """Let everything that was refused be sent again."""
    positions = await sends.retry_failed(tx, link.id)
    if not positions or link.state == "ended":
        return Rejection(
            "NOTHING_FAILED", "Nothing of this link has failed: there is nothing to do."
        )
    state = "linked" if link.remote_id is not None else "creating"
    again = replace(link, state=state)  # type: ignore[arg-type]  # one of the two literals
    await links.save(tx, again)
    await record(tx, again, actor, at, "retry", {"count": len(positions)})
    return again


async def decide_conflict(
    tx: Connection,
    link: LinkedTicket,
    conflict: Conflict,
    decision: Decision,
    actor: Actor,
    at: datetime,
    reason: str | None,
) -> Conflict | Rejection:
    """Store whose value holds. Ours is sent now; theirs stays until ours changes again."""
    if conflict.decision is not None:
        return Rejection(
            "DECIDED", f"{conflict.decided_by} decided this already: {conflict.decision}."
        )
    decided = replace(
        conflict, decision=decision, decided_by=actor.sub, decided_at=at, reason=reason
    )
    await links.save_decision(tx, decided)
    if decision == "ours":
        await sends.add_fields(tx, link.id)
    grounds: dict[str, audit.JSON] = {"field": conflict.field, "decision": decision}
    await record(tx, link, actor, at, "decide_conflict", grounds)
    return decided


async def record_created(
    tx: Connection, link: LinkedTicket, counterpart: Counterpart, values: dict[str, str]
) -> None:
    """Store the counterpart that was made, and what it has of ours."""
    linked = replace(
        link,
        state="linked",
        known=dict(link.known) | values,
        remote_id=counterpart.id,
        remote_key=counterpart.key,
        remote_path=counterpart.path,
    )
    await links.save(tx, linked)
    # What a new ticket cannot be given at once (a state) follows.
    await sends.add_fields(tx, link.id)


async def record_refusal(
    tx: Connection,
    ticket: Ticket,
    link: LinkedTicket,
    system: LinkedSystem,
    send: LeasedSend,
    problem: str,
    at: datetime,
) -> None:
    """Store that their system refused something for good, and put it before people on the ticket."""
    if not await sends.settle(tx, send, "failed", at, problem):
        return
    if send.kind == "create":
        await links.save(tx, replace(link, state="failed"))
    words = (
        note_on_file(system.key, send.remote_file.name, problem)
        if send.remote_file is not None
        else note_on_failure(system.key, _NAMES[send.kind], problem)
    ).replace("{link}", str(link.id))
    await add_note(tx, ticket, words, at)
    await save_change(
        tx,
        ticket,
        ticket,
        SYSTEM,
        at,
        "ticket.link_refused",
        grounds={"link_id": str(link.id), "problem": problem},
    )


async def add_note(tx: Connection, ticket: Ticket, words: str, at: datetime) -> None:
    """Tell staff something on the ticket."""
    note = Message(
        uuid7(), ticket.id, "internal", "outbound", SYSTEM.sub, words, at, automatic=True
    )
    await messages.add(tx, note)


async def record(
    tx: Connection,
    link: LinkedTicket | UUID,
    actor: Actor,
    at: datetime,
    action: str,
    grounds: dict[str, audit.JSON],
) -> None:
    """Record in the audit trail who did what with a link."""
    id = link.id if isinstance(link, LinkedTicket) else link
    entry = audit.Entry.by(actor, at, f"linked_ticket.{action}", f"linked-ticket/{id}", grounds)
    await reasons.record(tx, entry)
