"""What the routes of problems share: load one locked, decide, store, respond."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeAlias

from fastapi import Depends, Path, Request, Response

from common.audit import JSON
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Transaction
from common.persistence.database import Connection, transaction_time
from intake.problems import store
from intake.problems.commands import save_problem
from intake.problems.domain import Problem
from intake.problems.schemas import ProblemRead
from intake.tickets.commands import audit_rejection
from intake.tickets.dependencies import TicketAction, to_problem
from intake.tickets.domain.ticket import Ticket
from intake.tickets.events import EventSpec
from intake.tickets.store import tickets

ProblemRef: TypeAlias = Annotated[
    str, Path(alias="problem", max_length=40, description="The id or key of the problem's ticket.")
]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A problem with its locked ticket, and the moment of the decision."""

    action: TicketAction
    ticket: Ticket
    problem: Problem
    at: datetime

    async def finish(
        self, name: str, outcome: Problem | Rejection, *events: EventSpec, **grounds: JSON
    ) -> Response | ProblemRead:
        """Store and publish the outcome, and respond with it. A rejection is audited, too."""
        tx, actor = self.action.tx, self.action.caller.actor
        if isinstance(outcome, Rejection):
            action = f"problem.{name}"
            await audit_rejection(tx, self.ticket, actor, self.at, action, outcome)
            return to_problem(outcome)
        await save_problem(tx, self.ticket, outcome, actor, self.at, name, *events, **grounds)
        return await respond(tx, self.ticket, outcome)


async def load(action: TicketAction) -> Loaded:
    """The problem of a ticket, whose ticket is locked from now on. Raises NotFound."""
    ticket = await action.lock_ticket()
    problem = await store.find(action.tx, ticket.id)
    if problem is None:
        raise NotFound(f"A problem of {ticket.key}")
    return Loaded(action, ticket, problem, await transaction_time(action.tx))


async def respond(tx: Connection, ticket: Ticket, problem: Problem) -> ProblemRead:
    """The problem with its incidents and change request by key."""
    incidents = await store.incidents_of(tx, ticket.id)
    change = problem.change_request_id
    known = await tickets.by_ids(tx, {*incidents, *([change] if change else [])})
    own = {name: getattr(problem, name) for name in Problem.__slots__}
    return ProblemRead.model_validate(
        own
        | {name: getattr(ticket, name) for name in ("key", "title", "customer", "service")}
        | {
            "incidents": [known[id].key for id in incidents],
            "change_request": known[change].key if change else None,
        }
    )


async def find_incidents(tx: Connection, keys: list[str]) -> list[Ticket]:
    """The tickets with these keys or ids, in their order. Raises ValidationFailed, all at once."""
    found = [await tickets.find(tx, key) for key in keys]
    violations = [
        Violation(f"/incidents/{number}", "unknown_reference", f"there is no ticket {key}")
        for number, (key, ticket) in enumerate(zip(keys, found, strict=True))
        if ticket is None
    ] + [
        Violation(
            f"/incidents/{number}",
            "needs_triage",
            f"{ticket.key} has no customer yet; triage it first",
        )
        for number, ticket in enumerate(found)
        if ticket is not None and ticket.customer_id is None
    ]
    if violations:
        raise ValidationFailed(violations)
    return [ticket for ticket in found if ticket is not None]


async def _for_worker(
    ref: ProblemRef,
    request: Request,
    caller: Annotated[Caller, requires("tickets:work")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


async def _for_verifier(
    ref: ProblemRef,
    request: Request,
    caller: Annotated[Caller, requires("tickets:verify")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


async def _for_owner(
    ref: ProblemRef,
    request: Request,
    caller: Annotated[Caller, requires("backlog:work")],
    tx: Transaction,
) -> TicketAction:
    return TicketAction(ref, request, caller, tx)


WorkAction = Annotated[TicketAction, Depends(_for_worker)]
VerifyAction = Annotated[TicketAction, Depends(_for_verifier)]
OwnerAction = Annotated[TicketAction, Depends(_for_owner)]
