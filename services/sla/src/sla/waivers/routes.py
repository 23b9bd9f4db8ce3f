"""HTTP in: waivers, requested and decided before a breach happens (R2, C11)."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.auth.persons import counted_as
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Transaction, if_match, rejection_response, router, set_etag
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.clocks.domain.ticket_clock import TicketClock
from sla.clocks.store import clocks
from sla.directory.dependencies import get_named_customer
from sla.directory.fields import CustomerFilter
from sla.path_parameters import WaiverRef
from sla.waivers.commands import DecisionAction, LockedWaiver, decide, lock_waiver, submit
from sla.waivers.domain.acts import ACTS, allowed_acts
from sla.waivers.domain.waiver import PERSONAL_REJECTIONS, Decision, Waiver, WaiverState
from sla.waivers.pointless import asked_already, check_that_it_could_cover
from sla.waivers.schemas import (
    WaiverCreate,
    WaiverDecision,
    WaiverDetail,
    WaiverEnd,
    WaiverRead,
    to_detail,
    to_response,
    to_responses,
)
from sla.waivers.store import waivers

routes = router("/v1/waivers", tags=["waivers"])

MAX_PERIOD = timedelta(days=366)
"""A promise that is waived for longer is not a promise: change the agreement instead."""


@routes.post("", status_code=201)
async def request_waiver(
    body: WaiverCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("waivers:request")],
) -> WaiverRead:
    """Create a request for a waiver.

    The general manager is notified at once, with the time by which to decide.
    """
    if body.clock_id is not None:
        waiver, ticket_clock = await _clock_request(tx, body, caller)
    else:
        waiver, ticket_clock = await _period_request(tx, body, caller), None
    await submit(tx, waiver, ticket_clock, caller)
    response.headers["Location"] = f"/v1/waivers/{waiver.id}"
    return await to_response(tx, waiver)


@routes.post("/{waiver}/approve", response_model=WaiverRead)
async def approve_waiver(
    name: WaiverRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    body: WaiverDecision | None = None,
) -> WaiverRead | Response:
    """Approve a waiver. It covers breaches that happen after the approval."""
    return await _decide(tx, name, request, caller, "approve", body.reason if body else None)


@routes.post("/{waiver}/refuse", response_model=WaiverRead)
async def refuse_waiver(
    name: WaiverRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    body: WaiverDecision | None = None,
) -> WaiverRead | Response:
    """Refuse a waiver. The promise holds as it is."""
    return await _decide(tx, name, request, caller, "refuse", body.reason if body else None)


@routes.post("/{waiver}/revoke", response_model=WaiverRead)
async def revoke_waiver(
    name: WaiverRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    body: WaiverEnd,
) -> WaiverRead | Response:
    """Revoke an approved waiver.

    Breaches from now on are not covered; earlier ones stay waived.
    """
    return await _decide(tx, name, request, caller, "revoke", body.reason)


@routes.post("/{waiver}/withdraw", response_model=WaiverRead)
async def withdraw_waiver(
    name: WaiverRef,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:request")],
    body: WaiverEnd,
) -> WaiverRead | Response:
    """Withdraw a request for a waiver. Only the requester may, before a decision."""
    return await _decide(tx, name, request, caller, "withdraw", body.reason)


@routes.get("")
async def list_waivers(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("waivers:read")],
    state: Annotated[WaiverState | None, Query()] = None,
    customer: CustomerFilter = None,
    clock: Annotated[
        UUID | None, Query(description="Also the waivers over a period that cover it.")
    ] = None,
) -> Page[WaiverRead]:
    """List waivers, oldest first."""
    filters = waivers.WaiverFilter(state, customer, clock)
    rows = await waivers.list_page(tx, filters, page.limit, page.after_as(datetime, UUID))
    responses = await to_responses(tx, (waiver for waiver, _ in rows))
    return page.page_of(responses, lambda one: one, lambda one: (one.requested_at, one.id))


@routes.get("/{waiver}")
async def get_waiver(
    name: WaiverRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("waivers:read")],
) -> WaiverDetail:
    """Get a waiver by its id or key, with what the caller may do with it now (`allowed`), and why not the rest."""
    row = await waivers.find(tx, name)
    if row is None:
        raise NotFound("This waiver")
    waiver, sequence = row
    set_etag(response, sequence)
    person = await counted_as(tx, caller.sub, waiver.requested_by)
    decision = Decision(person, caller.roles, await transaction_time(tx))
    held = {one.permission for one in ACTS if caller.has_permission(one.permission)}
    return await to_detail(tx, waiver, allowed_acts(waiver, decision, held))


async def _clock_request(
    tx: Connection, body: WaiverCreate, caller: Caller
) -> tuple[Waiver, TicketClock]:
    """Build the request for one clock, which is locked. Raises ValidationFailed, Conflict."""
    period = (body.customer, body.service, body.starts_at, body.ends_at)
    if any(given is not None for given in period):
        raise _invalid("/clock_id", "scope", "name a clock, or a customer and a period, not both")
    if body.expires_at is None:
        raise _invalid("/expires_at", "missing", "give the instant at which the approval expires")
    assert body.clock_id is not None
    ticket_clock = await clocks.lock_by_id(tx, body.clock_id)
    if ticket_clock is None:
        raise _invalid("/clock_id", "unknown_reference", "there is no such clock")
    if ticket_clock.clock.contract != "sla":
        detail = "this clock measures a supplier's promise; only a promise to a customer is waived"
        raise _invalid("/clock_id", "contract", detail)
    at = await transaction_time(tx)
    if body.expires_at <= at:
        raise _invalid("/expires_at", "past", "give an instant in the future")
    check_that_it_could_cover(ticket_clock.clock, body.expires_at)
    # The clock is locked: of two that ask at once the second one finds the first one's request.
    if (asked := await waivers.find_request(tx, ticket_clock.id, at)) is not None:
        raise asked_already(asked)
    waiver = Waiver(
        id=uuid7(),
        key=await waivers.next_key(tx),
        clock_id=ticket_clock.id,
        reason=body.reason,
        requested_by=caller.sub,
        requested_at=at,
        expires_at=body.expires_at,
        customer_id=ticket_clock.ticket.customer_id,
        customer=ticket_clock.ticket.customer,
    )
    return waiver, ticket_clock


async def _period_request(tx: Connection, body: WaiverCreate, caller: Caller) -> Waiver:
    """Build the request for the clocks of a customer, who is locked, over a period.

    Raises ValidationFailed, Conflict.
    """
    starts_at, ends_at = body.starts_at, body.ends_at
    if body.customer is None or starts_at is None or ends_at is None:
        raise _invalid(
            "/clock_id", "scope", "name a clock, or a customer with `starts_at` and `ends_at`"
        )
    customer = await get_named_customer(tx, body.customer)
    await waivers.lock_customer(tx, customer.id)
    at = await transaction_time(tx)
    if not max(starts_at, at) < ends_at <= starts_at + MAX_PERIOD:
        raise _invalid("/ends_at", "period", "end it after its start and now, within 366 days")
    expires_at = ends_at if body.expires_at is None else body.expires_at
    if expires_at <= max(starts_at, at):
        raise _invalid("/expires_at", "past", "give an instant in the future within the period")
    period = (starts_at, ends_at)
    # The customer is locked: of two that ask at once the second one finds the first one's request.
    if asked := await waivers.find_period_request(tx, customer.id, body.service, period, at):
        raise asked_already(asked)
    return Waiver(
        id=uuid7(),
        key=await waivers.next_key(tx),
        clock_id=None,
        reason=body.reason,
        requested_by=caller.sub,
        requested_at=at,
        expires_at=expires_at,
        customer_id=customer.id,
        customer=customer.key,
        service=body.service,
        starts_at=starts_at,
        ends_at=ends_at,
    )


async def _decide(
    tx: Connection,
    name: str,
    request: Request,
    caller: Caller,
    action: DecisionAction,
    reason: str | None,
) -> WaiverRead | Response:
    locked = await lock_waiver(tx, name)
    if locked is None:
        raise NotFound("This waiver")
    if_match(request, locked.sequence, await to_response(tx, locked.waiver))
    outcome = await decide(tx, locked, action, caller, reason)
    if isinstance(outcome, LockedWaiver):
        return await to_response(tx, outcome.waiver)
    # Returned, not raised: the transaction commits the audit entry of the attempt.
    if outcome in PERSONAL_REJECTIONS:
        return rejection_response(outcome, status=403)
    return rejection_response(outcome)


def _invalid(pointer: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, detail)])
