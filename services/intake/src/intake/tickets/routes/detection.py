"""Who found an incident first, as OPS corrects it (R9)."""

from fastapi import Response

from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.detection import correct_detection
from intake.tickets.schemas.action_requests import DetectionCorrection
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/detection", response_model=TicketRead)
async def correct_ticket_detection(action: WorkAction, body: DetectionCorrection) -> Response:
    """Correct who found an incident first. What a customer found first owes better monitoring."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    return await action.finish(
        "correct_detection",
        before,
        correct_detection(before, body.detected_by),
        at,
        was=before.detected_by,
        detected_by=body.detected_by,
        reason=body.reason,
    )
