"""Reclassification of a ticket, its kind and service: it takes two people (R1)."""

from fastapi import Response

from common.events.tickets import TicketReclassified
from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.classification import confirm, decline, reclassify
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec, event_spec
from intake.tickets.schemas.action_requests import (
    ReclassificationConfirmation,
    ReclassificationRequest,
)
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1/tickets", ["ticket classification"])


@routes.post("/{ticket}/reclassify", response_model=TicketRead)
async def reclassify_ticket(action: WorkAction, body: ReclassificationRequest) -> Response:
    """Reclassify a ticket. The change is pending until a second person confirms it."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = reclassify(before, body.to_classification(), action.caller.sub, at, body.reason)
    return await action.finish(
        "reclassify",
        before,
        after,
        at,
        previous_kind=before.kind,
        previous_service=before.service,
        kind=body.kind,
        nature=body.nature,
        service=body.service,
        reason=body.reason,
    )


@routes.post("/{ticket}/classification/confirm", response_model=TicketRead)
async def confirm_classification(
    action: WorkAction, body: ReclassificationConfirmation
) -> Response:
    """Confirm or decline the reclassification of a ticket that another person asked for."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    pending = before.pending_reclassification
    person = await action.counted_as(None if pending is None else pending.requested_by)
    after = confirm(before, person) if body.agree else decline(before)
    return await action.finish(
        "confirm_classification" if body.agree else "decline_classification",
        before,
        after,
        at,
        *_reclassification_events(before, after),
        previous_kind=before.kind,
        previous_service=before.service,
        requested_by=pending.requested_by if pending else None,
        asked_because=pending.reason if pending else None,
        reason=body.reason,
    )


def _reclassification_events(before: Ticket, after: object) -> list[EventSpec]:
    """An event only for a reclassification that took effect; before, nothing has changed."""
    if not isinstance(after, Ticket) or before.pending_reclassification is None:
        return []
    if after.reclassified_confirmed_by is None or _is_same_classification(before, after):
        return []
    return [
        event_spec(
            TicketReclassified,
            opened_at=after.opened_at,
            previous_kind=before.kind,
            previous_service=before.service,
            requested_by=before.pending_reclassification.requested_by,
            confirmed_by=after.reclassified_confirmed_by,
        )
    ]


def _is_same_classification(before: Ticket, after: Ticket) -> bool:
    left, right = ((one.kind, one.nature, one.service) for one in (before, after))
    return left == right
