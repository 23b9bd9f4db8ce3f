"""HTTP in: problems with their incidents, cause, workaround and fix."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.events.problems import TicketFixRequested, TicketFixVerified, TicketKnownError
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from intake.problems import domain, store
from intake.problems.commands import open_problem
from intake.problems.dependencies import (
    OwnerAction,
    ProblemRef,
    VerifyAction,
    WorkAction,
    find_incidents,
    load,
    makers_of_fix,
    respond,
    respond_in_detail,
)
from intake.problems.domain import Problem, ProblemState
from intake.problems.schemas import (
    BacklogItem,
    CauseUpdate,
    FixRequest,
    FixVerification,
    Incidents,
    ProblemCreate,
    ProblemDetail,
    ProblemRead,
    ProblemSummary,
    WorkaroundUpdate,
)
from intake.reads.recorder import Reads
from intake.responsibilities.store import find_responsible
from intake.tickets.dependencies import TicketReference
from intake.tickets.events import event_spec
from intake.tickets.message_check import require_title
from intake.tickets.store import tickets

routes = router("/v1/problems", ["problems"])

Worker = Annotated[Caller, requires("tickets:work")]
Reader = Annotated[Caller, requires("tickets:verify")]


@routes.post("", status_code=201)
async def create_problem(
    body: ProblemCreate, response: Response, caller: Worker, tx: Transaction
) -> ProblemRead:
    """Open a problem behind incidents. Its customer, service and environment are the first one's.

    That customer reads the title, which is checked as a message is; the symptoms stay among staff.
    """
    incidents = await find_incidents(tx, body.incidents)
    await require_title(tx, incidents, body.title)
    at = await transaction_time(tx)
    title = body.title.strip()
    ticket, problem = await open_problem(tx, title, body.symptoms, incidents, caller.actor, at)
    response.headers["Location"] = f"/v1/problems/{ticket.key}"
    return await respond(tx, ticket, problem)


@routes.get("")
async def list_problems(
    caller: Reader,
    tx: Transaction,
    reads: Reads,
    page: Annotated[Paging, Depends()],
    state: ProblemState | None = None,
) -> Page[ProblemSummary]:
    """List problems, newest first."""
    rows = await store.page(tx, state, page.after_as(UUID), page.limit)
    await reads.note(caller, *(f"ticket/{one.ticket_id}" for one in rows[: page.limit]))
    known = await tickets.by_ids(tx, {one.ticket_id for one in rows})

    def summary(one: Problem) -> ProblemSummary:
        ticket = known[one.ticket_id]
        return ProblemSummary(
            key=ticket.key,
            title=ticket.title,
            customer=ticket.customer,
            service=ticket.service,
            state=one.state,
            workaround=one.workaround,
        )

    return page.page_of(rows, summary, lambda one: (one.ticket_id,))


@routes.get("/{problem}")
async def get_problem(
    ref: ProblemRef, caller: Reader, tx: Transaction, reads: Reads
) -> ProblemDetail:
    """Get a problem by the id or key of its ticket.

    With it comes whether somebody wants to give it up, and what the caller may do with it now (`allowed`),
    and why not.
    """
    ticket = await tickets.find(tx, ref)
    problem = ticket and await store.find(tx, ticket.id)
    if not ticket or not problem:
        raise NotFound(f"Problem {ref}")
    await reads.note(caller, f"ticket/{ticket.id}")
    return await respond_in_detail(tx, caller, ticket, problem)


@routes.post("/{problem}/incidents", response_model=ProblemRead)
async def link_incidents(action: WorkAction, body: Incidents) -> Response | ProblemRead:
    """Link incidents to the problem that causes them."""
    loaded = await load(action)
    incidents = await find_incidents(action.tx, body.incidents)
    if any(one.id == loaded.ticket.id for one in incidents):
        raise ValidationFailed(
            [Violation("/incidents", "itself", "a problem does not cause itself; leave it out")]
        )
    ids = [one.id for one in incidents]
    await store.link(action.tx, loaded.ticket.id, ids, action.caller.sub, loaded.at)
    keys = [one.key for one in incidents]
    return await loaded.finish("link_incidents", loaded.record, incidents=keys)


@routes.delete("/{problem}/incidents/{ticket}", response_model=ProblemRead)
async def unlink_incident(action: WorkAction, incident: TicketReference) -> Response | ProblemRead:
    """Unlink an incident from the problem, which does not cause it after all."""
    loaded = await load(action)
    linked = await store.incidents_of(action.tx, loaded.ticket.id)
    after = domain.unlink_incident(loaded.record, len(linked))
    if isinstance(after, Rejection):
        return await loaded.finish("unlink_incident", after)
    ticket = await tickets.find(action.tx, incident)
    if ticket is None or not await store.unlink(action.tx, loaded.ticket.id, ticket.id):
        raise NotFound(f"The link to {incident}")
    return await loaded.finish("unlink_incident", after, incident=ticket.key)


@routes.put("/{problem}/cause", response_model=ProblemRead)
async def record_cause(action: WorkAction, body: CauseUpdate) -> Response | ProblemRead:
    """Record the root cause of a problem, with five whys or a timeline."""
    loaded = await load(action)
    after = domain.record_cause(loaded.record, body.to_cause(), action.caller.sub, loaded.at)
    return await loaded.finish("record_cause", after)


@routes.put("/{problem}/workaround", response_model=ProblemRead)
async def record_problem_workaround(
    action: WorkAction, body: WorkaroundUpdate
) -> Response | ProblemRead:
    """Record how to go on until the problem is fixed. Tickets that look like it are offered that."""
    loaded = await load(action)
    after = domain.record_workaround(loaded.record, body.workaround, action.caller.sub, loaded.at)
    return await loaded.finish("record_workaround", after)


@routes.post("/{problem}/known-error", response_model=ProblemRead)
async def declare_known_error(action: WorkAction) -> Response | ProblemRead:
    """Declare that the cause of a problem is known, and how to go on until it is fixed."""
    loaded = await load(action)
    after = domain.declare_known_error(loaded.record)
    return await loaded.finish("known_error", after, event_spec(TicketKnownError))


@routes.post("/{problem}/fix", response_model=ProblemRead)
async def request_fix(action: WorkAction, body: FixRequest) -> Response | ProblemRead:
    """Ask for the fix of a known error by a change request, for the product owner's backlog."""
    loaded = await load(action)
    change = await tickets.find(action.tx, body.change_request)
    if change is None or change.kind != "change_request":
        detail = f"there is no change request {body.change_request}; open a ticket of that kind"
        raise ValidationFailed([Violation("/change_request", "unknown_reference", detail)])
    after = domain.request_fix(loaded.record, change.id, action.caller.sub, loaded.at)
    ticket = loaded.ticket
    responsible = await find_responsible(action.tx, ticket.customer, ticket.service)
    event = event_spec(
        TicketFixRequested,
        change_request_id=change.id,
        change_request=change.key,
        product_owners=list(responsible.product_owners),
    )
    return await loaded.finish("request_fix", after, event, change_request=change.key)


@routes.put("/{problem}/backlog-item", response_model=ProblemRead)
async def record_backlog_item(action: OwnerAction, body: BacklogItem) -> Response | ProblemRead:
    """Record under which number the product owner has the fix in the backlog."""
    loaded = await load(action)
    after = domain.take_into_backlog(loaded.record, body.reference.strip(), action.caller.sub)
    return await loaded.finish("record_backlog_item", after)


@routes.post("/{problem}/verifications", response_model=ProblemRead)
async def verify_problem_fix(action: VerifyAction, body: FixVerification) -> Response | ProblemRead:
    """Verify the fix on staging, then in production, as another person than who asked for or made it."""
    loaded = await load(action)
    problem = loaded.record
    makers = await makers_of_fix(action.tx, problem)
    person = await action.counted_as(*makers)
    after = domain.verify_fix(problem, body.tier, body.checked, person, loaded.at, makers=makers)
    event = event_spec(TicketFixVerified, tier=body.tier, requested_by=problem.fix_by)
    return await loaded.finish("verify_fix", after, event, tier=body.tier)
