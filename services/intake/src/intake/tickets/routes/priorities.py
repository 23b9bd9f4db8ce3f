"""The priority of a ticket: a higher one takes one person, a lower one two (R1)."""

from fastapi import Response

from common.events.tickets import TicketPrioritised
from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.blocker import confirm_blocker
from intake.tickets.domain.prioritisation import confirm, decline, prioritise
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec, event_spec
from intake.tickets.schemas.action_requests import (
    NO_REASON,
    OptionalReason,
    PriorityConfirmation,
    PriorityUpdate,
)
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.store import priority_matrices

routes = router("/v1/tickets", ["ticket priorities"])


@routes.post("/{ticket}/prioritise", response_model=TicketRead)
async def prioritise_ticket(action: WorkAction, body: PriorityUpdate) -> Response:
    """Set the priority of a ticket. A lower one is pending until a second person confirms it."""
    before = await action.lock_ticket()
    assessment = body.to_assessment(await priority_matrices.find_cells(action.tx))
    at = await transaction_time(action.tx)
    after = prioritise(before, assessment, action.caller.sub, at, body.reason)
    return await action.finish(
        "prioritise",
        before,
        after,
        at,
        *_priority_events(before, after),
        was=before.priority,
        wanted=assessment.priority,
        reason=body.reason,
    )


@routes.post("/{ticket}/priority/confirm", response_model=TicketRead)
async def confirm_priority(action: WorkAction, body: PriorityConfirmation) -> Response:
    """Confirm or decline the lower priority of a ticket that another person asked for."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    pending = before.pending_downgrade
    person = await action.counted_as(None if pending is None else pending.requested_by)
    after = confirm(before, person) if body.agree else decline(before)
    return await action.finish(
        "confirm_priority" if body.agree else "decline_priority",
        before,
        after,
        at,
        *_priority_events(before, after),
        requested_by=pending.requested_by if pending else None,
        reason=body.reason,
    )


@routes.post("/{ticket}/blocker/confirm", response_model=TicketRead)
async def confirm_ticket_blocker(action: WorkAction, body: OptionalReason = NO_REASON) -> Response:
    """Confirm that a contact's ticket is a blocker. From now on it permits an emergency change.

    Where it is none, lower its priority instead.
    """
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = confirm_blocker(before, await action.counted_as(before.opened_by))
    return await action.finish("confirm_blocker", before, after, at, reason=body.reason)


def _priority_events(before: Ticket, after: object) -> list[EventSpec]:
    """No event while a lower priority is pending: nothing has changed yet."""
    if not isinstance(after, Ticket) or after.priority == before.priority:
        return []
    return [
        event_spec(
            TicketPrioritised, previous=before.priority, confirmed_by=after.priority_confirmed_by
        )
    ]
