"""What the routes of tickets share: load a ticket locked, decide, store, publish, respond."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Depends, FastAPI, Path, Request, Response

from common.audit import JSON
from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound
from common.http import Transaction, if_match, rejection_response, runtime_of, set_etag
from common.persistence.database import Connection, transaction_time
from common.runtime import Runtime
from intake.settings import IntakeSettings
from intake.tickets.commands import audit_rejection, save_change
from intake.tickets.domain.message_check import MessageCheck, Purpose
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec
from intake.tickets.message_check import CheckedText, OwnText, record_check, require_sendable
from intake.tickets.schemas.responses import to_response
from intake.tickets.store import tickets

TICKET_REF: Final = "The ticket's id or key."
TicketReference: TypeAlias = Annotated[
    str, Path(alias="ticket", max_length=40, description=TICKET_REF)
]
TicketOpener = Annotated[Caller, requires("tickets:open")]
TicketReader = Annotated[Caller, requires("tickets:read")]
Decide = Callable[[Ticket, datetime], Ticket | Rejection]
EventSource = EventSpec | Callable[[Ticket], EventSpec]
"""An event about a change, or a function that makes it from the ticket before the change."""


@dataclass(frozen=True, slots=True)
class TicketAction:
    """A request to change one ticket (by id or key), with its caller and its transaction."""

    ref: str
    request: Request
    caller: Caller
    tx: Connection

    async def lock_ticket(self) -> Ticket:
        """The ticket, locked. Raises NotFound, or the failure of the request's `If-Match`."""
        ticket = get_visible_ticket(self.caller, await tickets.lock(self.tx, self.ref), self.ref)
        if_match(self.request, ticket.sequence, to_response(self.caller, ticket))
        return ticket

    async def counted_as(self, *others: str | None) -> str:
        """Under which account the caller counts where these others are the first person (R1)."""
        return await counted_as(self.tx, self.caller.sub, *others)

    async def check_text(
        self, ticket: Ticket, own: OwnText, overrule_reason: str | None
    ) -> CheckedText:
        """What was found in a text for the customer. Raises Problem where it may not leave (R11)."""
        runtime: Runtime[IntakeSettings] = runtime_of(self.request.app)
        mode = runtime.settings.message_check
        return await require_sendable(self.tx, ticket, own, mode, overrule_reason)

    async def record_check(
        self,
        ticket: Ticket,
        checked: CheckedText,
        purpose: Purpose,
        at: datetime,
        message_id: UUID | None = None,
    ) -> MessageCheck | None:
        """Store what was found in a text that leaves; nothing where all was well."""
        return await record_check(self.tx, ticket, checked, purpose, self.caller, at, message_id)

    async def run(
        self, action: str, decide: Decide, *event_sources: EventSource, **grounds: JSON
    ) -> Response:
        """Change the ticket as `decide` returns it; respond with it, or with the rejection."""
        before = await self.lock_ticket()
        at = await transaction_time(self.tx)
        return await self.finish(action, before, decide(before, at), at, *event_sources, **grounds)

    async def finish(
        self,
        action: str,
        before: Ticket,
        outcome: Ticket | Rejection,
        at: datetime,
        *event_sources: EventSource,
        **grounds: JSON,
    ) -> Response:
        """Store and publish the outcome, and respond with it. A rejection is audited, too."""
        if isinstance(outcome, Rejection):
            await audit_rejection(
                self.tx, before, self.caller.actor, at, f"ticket.{action}", outcome
            )
            return to_problem(outcome)
        events = [
            source if isinstance(source, EventSpec) else source(before) for source in event_sources
        ]
        stored = await save_change(
            self.tx,
            before,
            outcome,
            self.caller.actor,
            at,
            f"ticket.{action}",
            *events,
            grounds=grounds,
        )
        return ticket_response(self.caller, stored)


S = TypeVar("S")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class ExtendedTicket(Generic[S, R]):
    """A ticket that is locked, with the record that extends it, and the moment of the decision.

    `noun` begins the names of its actions; `save` stores the record, `to_response` reads it to the caller.
    """

    action: TicketAction
    ticket: Ticket
    record: S
    at: datetime
    noun: str
    save: Callable[[Connection, S], Awaitable[None]]
    to_response: Callable[[TicketAction, Ticket, S], Awaitable[R]]

    async def finish(
        self, name: str, outcome: S | Rejection, *events: EventSpec, **grounds: JSON
    ) -> Response | R:
        """Store and publish the outcome, and respond with it. A rejection is audited, too."""
        tx, actor = self.action.tx, self.action.caller.actor
        action = f"{self.noun}.{name}"
        if isinstance(outcome, Rejection):
            await audit_rejection(tx, self.ticket, actor, self.at, action, outcome)
            return to_problem(outcome)
        await self.save(tx, outcome)
        before = after = self.ticket
        await save_change(tx, before, after, actor, self.at, action, *events, grounds=grounds)
        return await self.to_response(self.action, self.ticket, outcome)


def settings_of(app: FastAPI) -> IntakeSettings:
    """The settings of this service."""
    runtime: Runtime[IntakeSettings] = runtime_of(app)
    return runtime.settings


def get_visible_ticket(caller: Caller, ticket: Ticket | None, ref: str) -> Ticket:
    """The ticket, if it exists for this caller. Raises NotFound."""
    if ticket is not None and caller.customer in {None, ticket.customer}:
        return ticket
    raise NotFound(f"Ticket {ref}")


def to_problem(rejection: Rejection) -> Response:
    """The response for a rejection: 403 where another person is needed or answers for it, else 409."""
    if rejection.code == "NOT_RESPONSIBLE":
        return rejection_response(rejection, status=403, title="Somebody else answers for this")
    return rejection_response(rejection)


def ticket_response(caller: Caller, ticket: Ticket, status: int = 200) -> Response:
    """The ticket as this caller may read it, with its ETag."""
    body = to_response(caller, ticket).model_dump_json()
    response = Response(body, status, media_type="application/json")
    set_etag(response, ticket.sequence)
    return response


def ticket_action(permission: str, name: str = "ticket", description: str = TICKET_REF) -> Any:
    """The dependency that loads the action of a caller with this permission on the ticket in the path.

    `name` is the path parameter's; `description` is of its value.
    """
    path = Path(alias=name, max_length=40, description=description)
    permitted = requires(permission)

    async def load_action(
        request: Request, tx: Transaction, ref: str = path, caller: Caller = permitted
    ) -> TicketAction:
        return TicketAction(ref, request, caller, tx)

    return Depends(load_action)


WorkAction = Annotated[TicketAction, ticket_action("tickets:work")]
VerifyAction = Annotated[TicketAction, ticket_action("tickets:verify")]
ReplyAction = Annotated[TicketAction, ticket_action("tickets:reply")]
