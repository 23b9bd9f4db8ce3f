"""Separate a merged ticket again: it takes two people (C10, R1). No message is lost by it."""

from uuid import UUID

from fastapi import Response

from common.audit import JSON
from common.events.ticket_links import TicketUnmerged
from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.copies import copy_messages
from intake.tickets.dependencies import TicketAction, WorkAction
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.unmerging import (
    confirm_unmerge,
    decline_unmerge,
    opened_at_of_survivor,
    request_unmerge,
)
from intake.tickets.events import EventSpec, event_spec
from intake.tickets.schemas.action_requests import Reason, UnmergeConfirmation
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import messages, tickets

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/unmerge", response_model=TicketRead)
async def unmerge_ticket(action: WorkAction, body: Reason) -> Response:
    """Ask to separate a merged ticket. Nothing changes until a second person confirms it."""
    before, survivor = await _lock_both(action)
    at = await transaction_time(action.tx)
    after = request_unmerge(before, survivor, action.caller.sub, at, body.reason)
    return await action.finish(
        "request_unmerge", before, after, at, survivor=survivor.key, reason=body.reason
    )


@routes.post("/{ticket}/unmerge/confirm", response_model=TicketRead)
async def confirm_ticket_unmerge(action: WorkAction, body: UnmergeConfirmation) -> Response:
    """Confirm or decline the separation of a merged ticket that another person asked for.

    Its own messages are on it as ever. Those that came to the surviving ticket since the merge stay there;
    the ones in `messages` are copied, so that both tickets show them.
    """
    before, survivor = await _lock_both(action)
    at = await transaction_time(action.tx)
    pending = before.pending_unmerge
    person = await action.counted_as(None if pending is None else pending.requested_by)
    after = confirm_unmerge(before, survivor, person) if body.agree else decline_unmerge(before)
    grounds: dict[str, JSON] = {
        "requested_by": pending.requested_by if pending else None,
        "survivor": survivor.key,
        "reason": body.reason,
        "messages": [str(id) for id in body.messages],
    }
    events: list[EventSpec] = []
    if body.agree and isinstance(after, Ticket):
        await _copy(action, survivor, before, body.messages)
        events = [await _unmerged(action, survivor, after)]
    name = "unmerge" if body.agree else "decline_unmerge"
    return await action.finish(name, before, after, at, *events, **grounds)


async def _lock_both(action: TicketAction) -> tuple[Ticket, Ticket]:
    """The ticket and the one into which it was merged, locked; twice the same where it is not merged."""
    found = await tickets.find(action.tx, action.ref)
    into = found and found.merged_into
    if into is not None:
        await tickets.lock_two(action.tx, action.ref, str(into))
    before = await action.lock_ticket()
    survivor = before.merged_into and await tickets.lock(action.tx, str(before.merged_into))
    return before, survivor or before


async def _copy(action: TicketAction, survivor: Ticket, to: Ticket, ids: list[UUID]) -> None:
    if ids:
        chosen = await messages.list_chosen(action.tx, survivor.id, ids)
        await copy_messages(action.tx, survivor, chosen, ids, to.id)


async def _unmerged(action: TicketAction, survivor: Ticket, after: Ticket) -> EventSpec:
    still_merged = [
        one for one in await tickets.list_merged_into(action.tx, survivor.id) if one.id != after.id
    ]
    return event_spec(
        TicketUnmerged,
        opened_at=after.opened_at,
        from_id=survivor.id,
        from_ticket=survivor.key,
        survivor_opened_at=opened_at_of_survivor(survivor, still_merged),
        requested_by=after.unmerged_by,
        confirmed_by=after.unmerged_confirmed_by,
    )
