"""What the routes of e-mails share: the answer that tells what became of a mail."""

from typing import Final

from fastapi import Response

from common.persistence.database import Connection
from intake.mail.schemas import MailResult, TicketSummary
from intake.mail.store import StoredMail
from intake.tickets.store import tickets

MEDIA_TYPE: Final = "message/rfc822"
STATUS: Final = {
    "opened": 201,
    "joined": 201,
    "unreadable": 201,
    "duplicate": 200,
    "ignored": 202,
    "received": 202,
}


async def to_result(tx: Connection, stored: StoredMail, *, is_new: bool) -> MailResult:
    """The outcome of a stored mail, with its ticket."""
    key = await tickets.find_key(tx, stored.ticket_id) if stored.ticket_id else None
    return MailResult(
        id=stored.id,
        outcome=stored.outcome if is_new or stored.outcome == "ignored" else "duplicate",
        reason=stored.reason,
        ticket=TicketSummary(id=stored.ticket_id, key=key) if stored.ticket_id and key else None,
    )


def mail_response(result: MailResult) -> Response:
    """The response that tells the outcome, and where the ticket is."""
    status = STATUS[result.outcome]
    response = Response(result.model_dump_json(), status, media_type="application/json")
    if result.ticket:
        response.headers["Location"] = f"/v1/tickets/{result.ticket.key}"
    return response
