"""HTTP routes of follow-ups: one person closes them with evidence, another confirms (G5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.domain import Rejection
from common.errors import NotFound, ValidationFailed, Violation
from common.events.follow_ups import FollowUpAssigned, FollowUpEvidenceSubmitted, FollowUpReopened
from common.http import Page, Paging, Transaction, router, set_etag
from common.persistence.database import Connection
from delivery_gate.denials import deny
from delivery_gate.fields import ProductFilter, VersionFilter, check_version_filter
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.commands import record_confirmation, save_step
from delivery_gate.follow_ups.dependencies import load_locked_follow_up
from delivery_gate.follow_ups.domain import FollowUp, FollowUpState, assign, close, confirm, reject
from delivery_gate.follow_ups.owners import load_owners
from delivery_gate.follow_ups.schemas import (
    FollowUpAssign,
    FollowUpClose,
    FollowUpRead,
    to_response,
)
from delivery_gate.path_parameters import FollowUpRef

routes = router("/v1/follow-ups", ["follow-ups"])

OwnerFilter = Annotated[
    str | None, Query(max_length=200, description="An account: only what is this one's work.")
]
Confirmer = Annotated[Caller, requires("follow-ups:confirm")]


@routes.get("")
async def list_follow_ups(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("deliveries:read")],
    state: FollowUpState | None = None,
    product: ProductFilter = None,
    version: VersionFilter = None,
    owner: OwnerFilter = None,
) -> Page[FollowUpRead]:
    """List follow-ups, newest first; of a version also those that hold its digest under another name."""
    check_version_filter(product, version)
    after: Any = page.after_as(datetime, UUID)
    wanted = store.FollowUpFilter(state, product, owner, version)
    rows = await store.page(tx, wanted, after, page.limit)
    owners = await load_owners(tx, [one.id for one in rows])
    return page.page_of(
        rows, lambda one: to_response(one, owners[one.id]), lambda one: (one.opened_at, one.id)
    )


@routes.get("/{follow_up}")
async def get_follow_up(
    ref: FollowUpRef,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("deliveries:read")],
) -> FollowUpRead:
    """Get a follow-up by its id or key."""
    follow_up = await store.find(tx, ref)
    if follow_up is None:
        raise NotFound(f"Follow-up {ref}")
    return await _respond(tx, response, follow_up)


@routes.post("/{follow_up}/assign", response_model=FollowUpRead)
async def assign_follow_up(
    ref: FollowUpRef,
    body: FollowUpAssign,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("follow-ups:work")],
) -> FollowUpRead | Response:
    """Assign an open follow-up to a person, until an instant where one is named."""
    context, follow_up = await load_locked_follow_up(tx, ref, caller, request)
    if body.due_at is not None and body.due_at <= context.at:
        raise ValidationFailed([Violation("/due_at", "past", "give an instant that is to come")])
    due_at = body.due_at if "due_at" in body.model_fields_set else follow_up.due_at
    outcome = assign(follow_up, body.owner, due_at)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.assign", f"follow-up/{follow_up.id}", outcome)
    named = {"owner": body.owner, "due_at": due_at}
    stored = await save_step(context, outcome, FollowUpAssigned, "follow_up.assign", **named)
    return await _respond(tx, response, stored)


@routes.post("/{follow_up}/close", response_model=FollowUpRead)
async def close_follow_up(
    ref: FollowUpRef,
    body: FollowUpClose,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("follow-ups:work")],
) -> FollowUpRead | Response:
    """Close a follow-up with evidence that the work is done. It holds the version until another
    person confirms the evidence."""
    context, follow_up = await load_locked_follow_up(tx, ref, caller, request)
    outcome = close(follow_up, caller.sub, body.evidence, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.close", f"follow-up/{follow_up.id}", outcome)
    stored = await save_step(context, outcome, FollowUpEvidenceSubmitted, "follow_up.close")
    return await _respond(tx, response, stored)


@routes.post("/{follow_up}/reject", response_model=FollowUpRead)
async def reject_follow_up(
    ref: FollowUpRef, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpRead | Response:
    """Reject the evidence of a follow-up, as another person than the one who closed it. The work is
    open again."""
    context, follow_up = await load_locked_follow_up(tx, ref, caller, request)
    outcome = reject(follow_up, await counted_as(tx, caller.sub, follow_up.closed_by))
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.reject", f"follow-up/{follow_up.id}", outcome)
    stored = await save_step(context, outcome, FollowUpReopened, "follow_up.reject")
    return await _respond(tx, response, stored)


@routes.post("/{follow_up}/confirm", response_model=FollowUpRead)
async def confirm_follow_up(
    ref: FollowUpRef, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpRead | Response:
    """Confirm a follow-up, as another person than the one who closed it. It no longer holds the
    version; the investigation of a drift explains the drift."""
    context, follow_up = await load_locked_follow_up(tx, ref, caller, request)
    person = await counted_as(tx, caller.sub, follow_up.closed_by)
    outcome = confirm(follow_up, person, context.at)
    if isinstance(outcome, Rejection):
        return await deny(context, "follow_up.confirm", f"follow-up/{follow_up.id}", outcome)
    return await _respond(tx, response, await record_confirmation(context, outcome))


async def _respond(tx: Connection, response: Response, follow_up: FollowUp) -> FollowUpRead:
    set_etag(response, follow_up.sequence)
    return to_response(follow_up, (await load_owners(tx, [follow_up.id]))[follow_up.id])
