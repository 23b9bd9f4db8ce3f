"""Correcting what a ticket is, its kind and service: asked for by one, confirmed by another (R1)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.events.tickets import TicketReclassified
from common.http import RequestModel, router
from common.persistence.database import transaction_time
from intake.tickets.commands import EventSpec, event_spec
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.classification import Classification, confirm, decline, reclassify
from intake.tickets.domain.ticket import Kind, Nature, Ticket
from intake.tickets.routes.actions import FreeText, Name
from intake.tickets.schemas.responses import TicketRead

routes = router("/v1/tickets", ["ticket classification"])


class ReclassificationRequest(RequestModel):
    """`kind`, `service` or both; what is left out stays. `nature` goes with a change request."""

    kind: Kind | None = None
    nature: Nature | None = None
    service: Name | None = None
    reason: FreeText

    @model_validator(mode="after")
    def _something_that_fits(self) -> "ReclassificationRequest":
        if self.kind is None and self.service is None:
            raise PydanticCustomError("nothing_asked", "give `kind`, `service` or both")
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def to_classification(self) -> Classification:
        return Classification(self.kind, self.nature, self.service)


class ReclassificationConfirmation(RequestModel):
    """The second person's answer to a correction."""

    agree: bool
    reason: Annotated[str, Field(max_length=10_000)] | None = None


@routes.post("/{ref}/reclassify", response_model=TicketRead)
async def reclassify_ticket(action: WorkAction, body: ReclassificationRequest) -> Response:
    """Say what the ticket is. It stands in `correction` until a second person confirms it."""
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


@routes.post("/{ref}/classification/confirm", response_model=TicketRead)
async def confirm_classification(
    action: WorkAction, body: ReclassificationConfirmation
) -> Response:
    """Agree to the correction that somebody else asked for, or leave the ticket as it is."""
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = confirm(before, action.caller.sub) if body.agree else decline(before)
    pending = before.pending_reclassification
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
    """Only of a correction that took effect: until then nothing has changed for anybody."""
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
    was, now = ((one.kind, one.nature, one.service) for one in (before, after))
    return was == now
