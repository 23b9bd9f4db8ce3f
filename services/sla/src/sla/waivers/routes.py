"""Waivers: the GM's approval of a violation, asked for and given before it happens (R2, C11)."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, Problem, ValidationFailed, Violation
from common.http import Page, Paging, encode_cursor, if_match, problem_response, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name, id_or_key
from sla.clocks.domain.ticket_clock import Tracked
from sla.clocks.store import clocks
from sla.directory.store import directory
from sla.waivers.commands import Held, Verdict, ask, decide, hold
from sla.waivers.domain.waiver import Denied, Waiver, WaiverState
from sla.waivers.schemas import DecisionAsked, EndingAsked, WaiverAsked, WaiverTold, one_told, told
from sla.waivers.store import waivers

routes = router("/v1/waivers", tags=["waivers"])

LONGEST = timedelta(days=366)
"""A promise that is waived for longer than a year is none: change the agreement instead."""


@routes.post("", status_code=201)
async def request_waiver(
    asked: WaiverAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("waivers:request")],
) -> WaiverTold:
    """Announced at once, with the deadline in it, so that the GM knows how much time is left."""
    if asked.clock_id is not None:
        waiver, tracked = await _of_clock(tx, asked, caller)
    else:
        waiver, tracked = await _of_period(tx, asked, caller), None
    await ask(tx, waiver, tracked, caller)
    response.headers["Location"] = f"/v1/waivers/{waiver.id}"
    return await one_told(tx, waiver)


@routes.post("/{name}/approve", response_model=WaiverTold)
async def approve_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    asked: DecisionAsked | None = None,
) -> WaiverTold | Response:
    """Counts for what breaks after it; whoever takes the lock first has come first."""
    return await _decided(tx, name, request, caller, "approve", asked.reason if asked else None)


@routes.post("/{name}/refuse", response_model=WaiverTold)
async def refuse_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    asked: DecisionAsked | None = None,
) -> WaiverTold | Response:
    """The promise stands."""
    return await _decided(tx, name, request, caller, "refuse", asked.reason if asked else None)


@routes.post("/{name}/revoke", response_model=WaiverTold)
async def revoke_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:approve")],
    asked: EndingAsked,
) -> WaiverTold | Response:
    """Nothing that breaks from now on is covered; what broke before stays excused."""
    return await _decided(tx, name, request, caller, "revoke", asked.reason)


@routes.post("/{name}/withdraw", response_model=WaiverTold)
async def withdraw_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("waivers:request")],
    asked: EndingAsked,
) -> WaiverTold | Response:
    """By whoever asked for it, while nobody has decided."""
    return await _decided(tx, name, request, caller, "withdraw", asked.reason)


@routes.get("")
async def list_waivers(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("waivers:read")],
    state: Annotated[WaiverState | None, Query()] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    clock: Annotated[UUID | None, Query(description="Those over a period, too.")] = None,
) -> Page[WaiverTold]:
    """The oldest first."""
    after = page.after_as(datetime, UUID)
    wanted = waivers.Wanted(state, customer, clock)
    found = await waivers.page(tx, wanted, page.limit, after and (after[0], after[1]))
    shown = await told(tx, (waiver for waiver, _ in found[: page.limit]))
    last = shown[-1] if len(found) > page.limit else None
    return Page[WaiverTold](
        items=shown, next=encode_cursor(last.requested_at, last.id) if last else None
    )


@routes.get("/{name}")
async def show_waiver(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("waivers:read")],
) -> WaiverTold:
    found = await waivers.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This waiver")
    waiver, sequence = found
    set_etag(response, sequence)
    return await one_told(tx, waiver)


async def _of_clock(tx: Connection, asked: WaiverAsked, caller: Caller) -> tuple[Waiver, Tracked]:
    """A request about one clock, which is locked."""
    period = (asked.customer, asked.service, asked.starts_at, asked.ends_at)
    if any(given is not None for given in period):
        raise _wrong("/clock_id", "scope", "name a clock, or a customer and a period, not both")
    if asked.expires_at is None:
        raise _wrong("/expires_at", "missing", "say until when the approval is to hold")
    assert asked.clock_id is not None
    tracked = await clocks.lock_one(tx, asked.clock_id)
    if tracked is None:
        raise _wrong("/clock_id", "unknown", "there is no such clock")
    if tracked.clock.contract != "sla":
        said = "it is a partner's or second level's promise to us: there is no customer to waive it"
        raise _wrong("/clock_id", "contract", said)
    at = await transaction_time(tx)
    if asked.expires_at <= at:
        raise _wrong("/expires_at", "past", "give an instant that is yet to come")
    if tracked.clock.state in ("stopped", "cancelled"):
        raise Conflict("This clock runs no more: there is nothing left to waive.")
    waiver = Waiver(
        id=uuid7(),
        key=await waivers.next_key(tx),
        clock_id=tracked.id,
        reason=asked.reason,
        requested_by=caller.sub,
        requested_at=at,
        expires_at=asked.expires_at,
        customer_id=tracked.ticket.customer_id,
        customer=tracked.ticket.customer,
    )
    return waiver, tracked


async def _of_period(tx: Connection, asked: WaiverAsked, caller: Caller) -> Waiver:
    """A request about whatever of a customer breaks in a period."""
    starts_at, ends_at = asked.starts_at, asked.ends_at
    if asked.customer is None or starts_at is None or ends_at is None:
        raise _wrong(
            "/clock_id", "scope", "name a clock, or a customer with `starts_at` and `ends_at`"
        )
    customer = await directory.find_customer(tx, asked.customer)
    if customer is None:
        raise _wrong("/customer", "unknown", "there is no such customer")
    at = await transaction_time(tx)
    if not max(starts_at, at) < ends_at <= starts_at + LONGEST:
        raise _wrong("/ends_at", "period", "end it after its start and now, within 366 days")
    expires_at = ends_at if asked.expires_at is None else asked.expires_at
    if expires_at <= max(starts_at, at):
        raise _wrong("/expires_at", "past", "give an instant within the period that is yet to come")
    return Waiver(
        id=uuid7(),
        key=await waivers.next_key(tx),
        clock_id=None,
        reason=asked.reason,
        requested_by=caller.sub,
        requested_at=at,
        expires_at=expires_at,
        customer_id=customer.id,
        customer=customer.key,
        service=asked.service,
        starts_at=starts_at,
        ends_at=ends_at,
    )


async def _decided(
    tx: Connection,
    name: str,
    request: Request,
    caller: Caller,
    verdict: Verdict,
    reason: str | None,
) -> WaiverTold | Response:
    held = await hold(tx, id_or_key(name))
    if held is None:
        raise NotFound("This waiver")
    if_match(request, held.sequence, await one_told(tx, held.waiver))
    decided = await decide(tx, held, verdict, caller, reason)
    if isinstance(decided, Held):
        return await one_told(tx, decided.waiver)
    # An answer, not an exception: it commits, so that the attempt is on record.
    return problem_response(REFUSALS[decided])


def _wrong(pointer: str, code: str, detail: str) -> ValidationFailed:
    return ValidationFailed([Violation(pointer, code, detail)])


REFUSALS: dict[Denied, Problem] = {
    "ROLE_MISSING": Forbidden("Only a general manager decides on waivers.", code="ROLE_MISSING"),
    "SELF_APPROVAL": Forbidden(
        "Another general manager decides on what you have asked for.", code="SELF_APPROVAL"
    ),
    "NOT_THE_REQUESTER": Forbidden(
        "Only who has asked for it withdraws it; a general manager may refuse it.",
        code="NOT_THE_REQUESTER",
    ),
    "ALREADY_DECIDED": Conflict("This waiver is decided. Ask for another one."),
    "NOT_APPROVED": Conflict("Only an approval that still holds can be revoked."),
}
