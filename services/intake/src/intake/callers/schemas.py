"""A caller as a telephone system and first level read them."""

from datetime import datetime
from uuid import UUID

from common.http import ResponseModel
from intake.tickets.domain.priority import Priority
from intake.tickets.domain.ticket import State


class CallerTicketRead(ResponseModel):
    """An open ticket of a caller's customer; `is_own`: the caller opened it."""

    key: str
    title: str
    state: State
    priority: Priority
    environment: str | None
    service: str | None
    assignee: str | None
    opened_at: datetime
    is_own: bool


class CallerRead(ResponseModel):
    """A contact who may be calling, with what is open for them.

    `customer` is a key. `open_count` counts all open tickets of the customer; `tickets` are the first of
    them: the caller's own before those of colleagues, the highest priority first.
    """

    contact_id: UUID
    name: str
    address: str | None
    language: str
    customer: str
    customer_name: str
    timezone: str
    is_confirmed: bool
    open_count: int
    tickets: list[CallerTicketRead]


class CallersRead(ResponseModel):
    """Who may be calling: empty where nobody in the directory has the number or address.

    `number` is the asked number in international form. Who is on call is not known here: `on_call` is where
    escalation answers it, to a person the console's page of it if there is one; null where this installation named neither.
    """

    number: str | None
    items: list[CallerRead]
    on_call: str | None
