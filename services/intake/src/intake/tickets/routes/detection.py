"""Who found an incident first, as OPS corrects it (R9): away from the customer it takes two people (R1)."""

from fastapi import Response

from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.detection import (
    confirm_detection,
    correct_detection,
    decline_detection,
)
from intake.tickets.domain.ticket import Ticket
from intake.tickets.schemas.action_requests import DetectionConfirmation, DetectionCorrection
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/detection", response_model=TicketRead)
async def correct_ticket_detection(action: WorkAction, body: DetectionCorrection) -> Response:
    """Correct who found an incident first. What a customer found first owes better monitoring.

    That it was not the customer is pending until a second person confirms it.
    """
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = correct_detection(before, body.detected_by, action.caller.sub, at, body.reason)
    waits = isinstance(after, Ticket) and after.pending_detection is not None
    return await action.finish(
        "request_detection" if waits else "correct_detection",
        before,
        after,
        at,
        was=before.detected_by,
        wanted=body.detected_by,
        reason=body.reason,
    )


@routes.post("/{ticket}/detection/confirm", response_model=TicketRead)
async def confirm_ticket_detection(action: WorkAction, body: DetectionConfirmation) -> Response:
    """Confirm or decline that not the customer found it first, as another person says."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    pending = before.pending_detection
    person = await action.counted_as(None if pending is None else pending.requested_by)
    after = confirm_detection(before, person) if body.agree else decline_detection(before)
    return await action.finish(
        "confirm_detection" if body.agree else "decline_detection",
        before,
        after,
        at,
        was=before.detected_by,
        wanted=pending.detected_by if pending else None,
        requested_by=pending.requested_by if pending else None,
        asked_because=pending.reason if pending else None,
        reason=body.reason,
    )
