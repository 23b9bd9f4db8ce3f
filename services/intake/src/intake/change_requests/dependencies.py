"""What the routes of change requests share: load one locked, decide, store, respond."""

from typing import Annotated, Any, Final, TypeAlias

from fastapi import Path

from common.auth import Caller
from common.errors import Conflict
from common.persistence.database import transaction_time
from intake.change_requests import store
from intake.change_requests.domain import ChangeRequest
from intake.change_requests.schemas import ChangeRequestRead
from intake.tickets.dependencies import ExtendedTicket, TicketAction, ticket_action
from intake.tickets.domain.ticket import Ticket

CHANGE_REF: Final = "The id or key of its ticket."
ChangeRef: TypeAlias = Annotated[
    str, Path(alias="change_request", max_length=40, description=CHANGE_REF)
]
Loaded: TypeAlias = ExtendedTicket[ChangeRequest, ChangeRequestRead]


async def load(action: TicketAction) -> Loaded:
    """The change request of a ticket, which is locked from now on. Raises NotFound or Conflict."""
    ticket = await action.lock_ticket()
    check_kind(ticket)
    change = await store.find(action.tx, ticket.id) or ChangeRequest(ticket.id)
    at = await transaction_time(action.tx)
    # Not `Loaded(…)`: an alias with parameters sets an attribute on what it makes, which is frozen.
    return ExtendedTicket(action, ticket, change, at, "change_request", store.save, _respond)


async def _respond(
    action: TicketAction, ticket: Ticket, change: ChangeRequest
) -> ChangeRequestRead:
    return to_read(ticket, change, action.caller)


def check_kind(ticket: Ticket) -> None:
    """Raise Conflict where the ticket is no change request."""
    if ticket.kind != "change_request":
        detail = f"{ticket.key} is of kind {ticket.kind}; reclassify it first, by two people."
        raise Conflict(detail, code="NOT_A_CHANGE_REQUEST")


def to_read(ticket: Ticket, change: ChangeRequest, caller: Caller) -> ChangeRequestRead:
    """The change request as this caller may read it: who of us did what is for staff."""
    values = {name: getattr(change, name) for name in ChangeRequest.__slots__}
    minutes = change.estimate_minutes
    values |= {
        name: getattr(ticket, name) for name in ("key", "title", "state", "nature", "customer")
    }
    values |= {
        "estimate_seconds": None if minutes is None else minutes * 60,
        "note": change.estimate_note,
        "month": change.month and change.month.isoformat()[:7],
    }
    if caller.customer is not None:
        values |= dict.fromkeys(_FOR_STAFF)
    return ChangeRequestRead.model_validate(values)


_FOR_STAFF = (
    "estimated_by",
    "booked_by",
    "no_environment_reason",
    "no_environment_by",
    "no_environment_confirmed_by",
)


def _action(permission: str) -> Any:
    return ticket_action(permission, "change_request", CHANGE_REF)


WorkAction = Annotated[TicketAction, _action("tickets:work")]
VerifyAction = Annotated[TicketAction, _action("tickets:verify")]
PlanAction = Annotated[TicketAction, _action("change-requests:plan")]
CustomerAction = Annotated[TicketAction, _action("change-requests:decide")]
