"""The tags of a ticket: words by which our own people find tickets, and by which agreements may promise."""

from fastapi import Response

from common.events.ticket_tags import TicketTagged
from common.http import router
from common.persistence.database import transaction_time
from intake.tickets.dependencies import WorkAction
from intake.tickets.domain.tagging import tag
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import event_spec
from intake.tickets.schemas.responses import TicketRead
from intake.tickets.schemas.tags import TagsUpdate

routes = router("/v1/tickets", ["ticket actions"])


@routes.post("/{ticket}/tags", response_model=TicketRead)
async def update_ticket_tags(action: WorkAction, body: TagsUpdate) -> Response:
    """Set the tags of a ticket, in place of the ones that it had.

    A tag that an agreement names may make a promise stricter from now on; it makes none weaker.
    """
    before = await action.lock_ticket()
    at = await transaction_time(action.tx)
    after = tag(before, body.tags)
    wanted = list(after.tags) if isinstance(after, Ticket) else body.tags
    tagged = event_spec(TicketTagged, tags=wanted, previous=list(before.tags))
    was, now = ", ".join(before.tags) or "none", ", ".join(wanted) or "none"
    return await action.finish("tag", before, after, at, tagged, was=was, wanted=now)
