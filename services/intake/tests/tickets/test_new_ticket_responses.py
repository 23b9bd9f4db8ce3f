"""The response to a new ticket, which is made without a model: as if it were made with one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from common.auth import Caller
from common.domain import Actor
from intake.directory.domain.environment import Environment
from intake.tickets.commands import prepare_new_ticket
from intake.tickets.domain.new_ticket import TicketRequest, TicketScope, initial_priority
from intake.tickets.domain.priority import DEFAULT_MATRIX
from intake.tickets.schemas.responses import created_body, to_response

NINE = datetime(2030, 1, 7, 9, 0, 0, 120, tzinfo=UTC)
PROD = Environment(UUID(int=2), "acme-prod", UUID(int=1), "acme", "production", "Production")
BARE = TicketRequest(
    "question", "Where?", "portal", initial_priority(DEFAULT_MATRIX, None, None, None)
)
WHOLE = TicketRequest(
    "incident",
    'Said "€ 5", and \\ and \x7f',
    "phone",
    initial_priority(DEFAULT_MATRIX, "blocker", "high", "low"),
    service="billing",
    scope=TicketScope(UUID(int=1), "acme", PROD),
    contact_id=UUID(int=3),
    opened_at=NINE - timedelta(hours=1),
)


@pytest.mark.parametrize("request_", [BARE, WHOLE])
def test_it_is_what_staff_reads_of_the_ticket(request_: TicketRequest) -> None:
    ticket = prepare_new_ticket(request_, Actor("anna"), 1042, NINE).ticket
    read = to_response(Caller("anna", "Anna"), ticket)
    assert created_body(ticket) == read.model_dump_json().encode()
