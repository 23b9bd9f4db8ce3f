"""The rows of a new ticket in a batch, with the response that its Idempotency-Key repeats."""

from datetime import datetime

from common import audit
from common.domain import Actor
from common.http.idempotency import IdempotencyKey
from common.messaging import outbox
from intake.tickets.commands import prepare_new_ticket
from intake.tickets.domain.new_ticket import TicketRequest
from intake.tickets.schemas.responses import created_body, created_headers
from intake.tickets.store.ticket_batch import NewTicketRows


def build_rows(
    request: TicketRequest, actor: Actor, key: IdempotencyKey | None, number: int, at: datetime
) -> NewTicketRows:
    """Everything that is stored for a request, as rows of one statement."""
    new = prepare_new_ticket(request, actor, number, at)
    return NewTicketRows(
        ticket=new.ticket,
        description=request.description,
        outbox_rows=outbox.outbox_rows(new.outbox_events),
        audit_rows=audit.rows([new.audit_entry]),
        headers=created_headers(new.ticket),
        body=created_body(new.ticket),
        key=key,
    )
