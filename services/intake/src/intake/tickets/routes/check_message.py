"""`POST /v1/messages/check`: what is wrong with a text, before it is sent (R11)."""

from typing import Annotated

from common.auth import Caller, requires
from common.http import Transaction, only_computes, router
from intake.tickets.dependencies import get_visible_ticket
from intake.tickets.message_check import examine, read_own_text
from intake.tickets.schemas.message_checks import FindingRead, MessageCheckRequest, TextCheckRead
from intake.tickets.store import tickets

routes = router("/v1/messages", ["ticket messages"])


@routes.post("/check")
@only_computes
async def check_message_text(
    body: MessageCheckRequest,
    caller: Annotated[Caller, requires("messages:check")],
    tx: Transaction,
) -> TextCheckRead:
    """Check a text for a ticket's customer. Nothing is stored and nothing is sent."""
    own = await read_own_text(body.text, body.purpose)
    ticket = get_visible_ticket(caller, await tickets.find(tx, body.ticket), body.ticket)
    checked = await examine(tx, ticket, own)
    return TextCheckRead(
        findings=[FindingRead.model_validate(one) for one in checked.findings],
        may_be_sent=not any(one.is_hard for one in checked.findings),
        language=checked.language,
        detected_language=checked.detected_language,
    )
