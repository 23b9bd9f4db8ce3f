"""Correcting what a ticket is, its kind and service: asked for by one, confirmed by another (R1)."""

from typing import Annotated

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.events.tickets import TicketReclassified
from common.http import Asked, router
from common.persistence.database import moment
from intake.tickets.commands import Fact, fact
from intake.tickets.dependencies import Working
from intake.tickets.domain.classification import Classification, confirm, decline, reclassify
from intake.tickets.domain.ticket import Kind, Nature, Ticket
from intake.tickets.routes.actions import Name, Words
from intake.tickets.schemas.responses import TicketShown

routes = router("/v1/tickets", ["ticket classification"])


class ClassificationAsked(Asked):
    """`kind`, `service` or both; what is left out stays. `nature` goes with a change request."""

    kind: Kind | None = None
    nature: Nature | None = None
    service: Name | None = None
    reason: Words

    @model_validator(mode="after")
    def _something_that_fits(self) -> "ClassificationAsked":
        if self.kind is None and self.service is None:
            raise PydanticCustomError("nothing_asked", "give `kind`, `service` or both")
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def classification(self) -> Classification:
        return Classification(self.kind, self.nature, self.service)


class ClassificationConfirmed(Asked):
    """The second person's answer to a correction."""

    agree: bool
    reason: Annotated[str, Field(max_length=10_000)] | None = None


@routes.post("/{ref}/reclassify", response_model=TicketShown)
async def reclassify_ticket(desk: Working, asked: ClassificationAsked) -> Response:
    """Say what the ticket is. It stands in `correction` until a second person confirms it."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = reclassify(before, asked.classification(), desk.caller.sub, at, asked.reason)
    return await desk.conclude(
        "reclassify",
        before,
        after,
        at,
        previous_kind=before.kind,
        previous_service=before.service,
        kind=asked.kind,
        nature=asked.nature,
        service=asked.service,
        reason=asked.reason,
    )


@routes.post("/{ref}/classification/confirm", response_model=TicketShown)
async def confirm_classification(desk: Working, asked: ClassificationConfirmed) -> Response:
    """Agree to the correction that somebody else asked for, or leave the ticket as it is."""
    before = await desk.ticket()
    at = await moment(desk.tx)
    after = confirm(before, desk.caller.sub) if asked.agree else decline(before)
    pending = before.pending_reclassification
    return await desk.conclude(
        "confirm_classification" if asked.agree else "decline_classification",
        before,
        after,
        at,
        *_told(before, after),
        previous_kind=before.kind,
        previous_service=before.service,
        requested_by=pending.requested_by if pending else None,
        asked_because=pending.reason if pending else None,
        reason=asked.reason,
    )


def _told(before: Ticket, after: object) -> list[Fact]:
    """Only of a correction that took effect: until then nothing has changed for anybody."""
    if not isinstance(after, Ticket) or before.pending_reclassification is None:
        return []
    if after.reclassified_confirmed_by is None or _same(before, after):
        return []
    return [
        fact(
            TicketReclassified,
            opened_at=after.opened_at,
            previous_kind=before.kind,
            previous_service=before.service,
            requested_by=before.pending_reclassification.requested_by,
            confirmed_by=after.reclassified_confirmed_by,
        )
    ]


def _same(before: Ticket, after: Ticket) -> bool:
    was, now = ((one.kind, one.nature, one.service) for one in (before, after))
    return was == now
