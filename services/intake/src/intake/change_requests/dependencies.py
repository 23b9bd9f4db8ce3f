"""What the routes of change requests share: load one locked, decide, store, respond."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request, Response

from common.audit import JSON
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict
from common.http import Transaction
from common.persistence.database import transaction_time
from intake.change_requests import store
from intake.change_requests.domain import ChangeRequest
from intake.change_requests.schemas import ChangeRequestRead
from intake.tickets.commands import audit_rejection, save_change
from intake.tickets.dependencies import TicketAction, to_problem
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec

ChangeRef: TypeAlias = Annotated[
    str, Path(alias="change_request", max_length=40, description="The id or key of its ticket.")
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A change request with its locked ticket, and the moment of the decision."""

    action: TicketAction
    ticket: Ticket
    change: ChangeRequest
    at: datetime

    async def finish(
        self, name: str, outcome: ChangeRequest | Rejection, *events: EventSpec, **grounds: JSON
    ) -> Response | ChangeRequestRead:
        """Store and publish the outcome, and respond with it. A rejection is audited, too."""
        tx, actor = self.action.tx, self.action.caller.actor
        action = f"change_request.{name}"
        if isinstance(outcome, Rejection):
            await audit_rejection(tx, self.ticket, actor, self.at, action, outcome)
            return to_problem(outcome)
        await store.save(tx, outcome)
        await save_change(
            tx, self.ticket, self.ticket, actor, self.at, action, *events, grounds=grounds
        )
        return to_read(self.ticket, outcome, self.action.caller)


async def load(action: TicketAction) -> Loaded:
    """The change request of a ticket, which is locked from now on. Raises NotFound or Conflict."""
    ticket = await action.lock_ticket()
    check_kind(ticket)
    change = await store.find(action.tx, ticket.id) or ChangeRequest(ticket.id)
    return Loaded(action, ticket, change, await transaction_time(action.tx))


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


async def _for_worker(
    ref: ChangeRef,
    request: Request,
    caller: Annotated[Caller, requires("tickets:work")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


async def _for_verifier(
    ref: ChangeRef,
    request: Request,
    caller: Annotated[Caller, requires("tickets:verify")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


async def _for_planner(
    ref: ChangeRef,
    request: Request,
    caller: Annotated[Caller, requires("change-requests:plan")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


async def _for_customer(
    ref: ChangeRef,
    request: Request,
    caller: Annotated[Caller, requires("change-requests:decide")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


WorkAction = Annotated[TicketAction, Depends(_for_worker)]
VerifyAction = Annotated[TicketAction, Depends(_for_verifier)]
PlanAction = Annotated[TicketAction, Depends(_for_planner)]
CustomerAction = Annotated[TicketAction, Depends(_for_customer)]
