"""What the routes of problems share: load one locked, decide, store, respond."""

from typing import Annotated, Any, Final, TypeAlias

from fastapi import Path

from common.auth import Caller
from common.auth.persons import counted_as
from common.errors import NotFound, ValidationFailed, Violation
from common.persistence.database import Connection, transaction_time
from intake.directory import names
from intake.problems import store
from intake.problems.allowed_acts import ACTS, Asker, allowed_acts
from intake.problems.domain import Problem, is_given_up, waits_to_be_given_up
from intake.problems.schemas import ProblemDetail, ProblemRead
from intake.tickets.dependencies import ExtendedTicket, TicketAction, ticket_action
from intake.tickets.domain.ticket import Ticket
from intake.tickets.store import tickets

PROBLEM_REF: Final = "The id or key of the problem's ticket."
ProblemRef: TypeAlias = Annotated[
    str, Path(alias="problem", max_length=40, description=PROBLEM_REF)
]
Loaded: TypeAlias = ExtendedTicket[Problem, ProblemRead]


async def load(action: TicketAction) -> Loaded:
    """The problem of a ticket, whose ticket is locked from now on. Raises NotFound."""
    ticket = await action.lock_ticket()
    problem = await store.find(action.tx, ticket.id)
    if problem is None:
        raise NotFound(f"A problem of {ticket.key}")
    at = await transaction_time(action.tx)
    # Not `Loaded(…)`: an alias with parameters sets an attribute on what it makes, which is frozen.
    return ExtendedTicket(action, ticket, problem, at, "problem", store.save, _respond)


async def _respond(action: TicketAction, ticket: Ticket, problem: Problem) -> ProblemRead:
    return await respond(action.tx, ticket, problem)


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


async def respond_in_detail(
    tx: Connection, caller: Caller, ticket: Ticket, problem: Problem
) -> ProblemDetail:
    """The problem with who is in it, and what this caller may do with it now."""
    since = ticket.reopened_at
    makers = await makers_of_fix(tx, problem)
    shown = await respond(tx, ticket, problem)
    asker = Asker(
        caller.sub,
        await counted_as(tx, caller.sub, problem.given_up_by),
        await counted_as(tx, caller.sub, *makers),
        frozenset(rule.permission for rule in ACTS if caller.has_permission(rule.permission)),
        await transaction_time(tx),
        since,
        makers,
        len(shown.incidents),
    )
    return ProblemDetail.of(
        shown,
        await names.of_accounts(tx, _named_in(problem)),
        allowed_acts(problem, asker),
        is_given_up=is_given_up(problem, since),
        is_pending=waits_to_be_given_up(problem, since),
    )


async def makers_of_fix(tx: Connection, problem: Problem) -> tuple[str | None, ...]:
    """The accounts of who asked for the fix, and of who made it: none of them may verify it (R1)."""
    change = None
    if problem.change_request_id is not None:
        change = await tickets.find(tx, str(problem.change_request_id))
    return problem.fix_by, None if change is None else change.resolved_by


def _named_in(problem: Problem) -> set[str]:
    """The accounts that a problem names."""
    named = (
        problem.cause_by,
        problem.workaround_by,
        problem.fix_by,
        problem.backlog_by,
        problem.staging_verified_by,
        problem.production_verified_by,
        problem.given_up_by,
        problem.given_up_confirmed_by,
    )
    return {account for account in named if account is not None}


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


def _action(permission: str) -> Any:
    return ticket_action(permission, "problem", PROBLEM_REF)


WorkAction = Annotated[TicketAction, _action("tickets:work")]
VerifyAction = Annotated[TicketAction, _action("tickets:verify")]
OwnerAction = Annotated[TicketAction, _action("backlog:work")]
