"""Waivers: the GM's approval of a violation, asked for and given before it happens (R2, C11)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from common.audit import Entry, record
from common.database import Connection, Transaction, moment
from common.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Violation
from common.events.clocks import WaiverApproved, WaiverEvent, WaiverRefused, WaiverRequested
from common.http import Asked, Page, Paging, Told, answer, cursor, if_match, router, set_etag
from common.ids import uuid7
from common.outbox import Announcement, announce
from common.people import Caller, needs
from sla.clocks.clock import Input, Waived
from sla.clocks.tracked import Tracked, hears
from sla.news import waiver_facts
from sla.progress import go_on, timetables
from sla.routes.wish import Name, id_or_key
from sla.store import clocks, waivers
from sla.waivers.waiver import Decision, Denied, Waiver, WaiverState, approve, refuse

routes = router("/v1/waivers", tags=["waivers"])

Reason = Annotated[str, Field(min_length=3, max_length=2000)]


class WaiverAsked(Asked):
    """`expires_at`: a breach at or after it is not covered."""

    clock_id: UUID
    reason: Reason
    expires_at: datetime


class DecisionAsked(Asked):
    reason: Reason | None = None


class WaiverTold(Told):
    """`late`: approved at or after the deadline; it changes nothing (C11)."""

    id: UUID
    key: str
    clock_id: UUID
    reason: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: WaiverState
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    late: bool


@routes.post("", status_code=201)
async def request_waiver(
    asked: WaiverAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, needs("waivers:request")],
) -> WaiverTold:
    """Announced at once, with the deadline in it, so that the GM knows how much time is left."""
    tracked = await clocks.lock_one(tx, asked.clock_id)
    if tracked is None:
        raise Invalid([Violation("/clock_id", "unknown", "there is no such clock")])
    at = await moment(tx)
    if asked.expires_at <= at:
        raise Invalid([Violation("/expires_at", "past", "give an instant that is yet to come")])
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
    )
    await waivers.add(tx, waiver, 1)
    await announce(tx, Announcement(WaiverRequested(**waiver_facts(waiver, tracked, at)), 1))
    await record(tx, _entry(at, caller, "waiver.request", waiver))
    response.headers["Location"] = f"/v1/waivers/{waiver.id}"
    return WaiverTold.model_validate(waiver)


@routes.post("/{name}/approve")
async def approve_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("waivers:approve")],
    asked: DecisionAsked | None = None,
) -> WaiverTold:
    """Counts if it comes before the deadline; whoever locks the clock first has come first."""
    waiver, sequence, tracked, decision = await _to_decide(tx, name, asked, caller, request)
    clock = tracked.clock
    decided = approve(waiver, decision, clock.deadline, clock.broken_at)
    if not isinstance(decided, Waiver):
        return await _denied(tx, decided, waiver, decision)
    if not decided.late:
        await _waive(tx, tracked, decided, decision.at)
    facts = waiver_facts(waiver, tracked, decision.at)
    event = WaiverApproved(**facts, approved_by=caller.sub, late=decided.late)
    return await _kept(tx, decided, sequence + 1, event, caller)


@routes.post("/{name}/refuse")
async def refuse_waiver(
    name: Name,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("waivers:approve")],
    asked: DecisionAsked | None = None,
) -> WaiverTold:
    """The promise stands."""
    waiver, sequence, tracked, decision = await _to_decide(tx, name, asked, caller, request)
    decided = refuse(waiver, decision)
    if not isinstance(decided, Waiver):
        return await _denied(tx, decided, waiver, decision)
    facts = waiver_facts(waiver, tracked, decision.at)
    event = WaiverRefused(**facts, refused_by=caller.sub)
    return await _kept(tx, decided, sequence + 1, event, caller)


@routes.get("")
async def list_waivers(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("waivers:read")],
    state: Annotated[WaiverState | None, Query()] = None,
) -> Page[WaiverTold]:
    """The oldest first."""
    after = page.after_as(datetime, UUID)
    found = await waivers.page(tx, state, page.limit, after and (after[0], after[1]))
    shown = [WaiverTold.model_validate(waiver) for waiver, _ in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[WaiverTold](items=shown, next=cursor(last.requested_at, last.id) if last else None)


@routes.get("/{name}")
async def show_waiver(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, needs("waivers:read")],
) -> WaiverTold:
    found = await waivers.find(tx, id_or_key(name))
    if found is None:
        raise NotFound("This waiver")
    waiver, sequence = found
    set_etag(response, sequence)
    return WaiverTold.model_validate(waiver)


async def _to_decide(
    tx: Connection, name: str, asked: DecisionAsked | None, caller: Caller, request: Request
) -> tuple[Waiver, int, Tracked, Decision]:
    """The waiver and its clock, both locked, the clock first; then the moment is read."""
    seen = await waivers.find(tx, id_or_key(name))
    if seen is None:
        raise NotFound("This waiver")
    tracked = await clocks.lock_one(tx, seen[0].clock_id)
    found = await waivers.find(tx, seen[0].id, lock=True)
    assert tracked is not None
    assert found is not None
    if_match(request, found[1], WaiverTold.model_validate(found[0]))
    decision = Decision(caller.sub, caller.roles, await moment(tx), asked.reason if asked else None)
    return *found, tracked, decision


async def _waive(tx: Connection, tracked: Tracked, waiver: Waiver, at: datetime) -> None:
    waived = Waived(waiver.id, at, waiver.expires_at)
    tables = await timetables(tx, [tracked])
    await go_on(tx, [hears(tracked, Input(0, "waived", at, at, waived=waived), tables)], at)


async def _kept(
    tx: Connection, waiver: Waiver, sequence: int, event: WaiverEvent, caller: Caller
) -> WaiverTold:
    assert waiver.decided_at is not None
    await waivers.save(tx, waiver, sequence)
    await announce(tx, Announcement(event, sequence))
    await record(tx, _entry(waiver.decided_at, caller, f"waiver.{waiver.state}", waiver))
    return WaiverTold.model_validate(waiver)


async def _denied(tx: Connection, why: Denied, waiver: Waiver, decision: Decision) -> WaiverTold:
    """The refusal as an answer: it commits, so that the attempt is on record."""
    subject, grounds = f"waiver/{waiver.id}", {"why": why}
    await record(tx, Entry(decision.at, decision.by, "waiver.decide.denied", subject, grounds))
    return answer(REFUSALS[why])  # type: ignore[return-value]


def _entry(at: datetime, caller: Caller, action: str, waiver: Waiver) -> Entry:
    grounds = {
        "clock": str(waiver.clock_id),
        "expires_at": waiver.expires_at,
        "late": waiver.late,
    }
    return Entry(at, caller.sub, action, f"waiver/{waiver.id}", grounds, caller.behind)


REFUSALS: dict[Denied, Problem] = {
    "ROLE_MISSING": Forbidden("Only a general manager decides on waivers.", code="ROLE_MISSING"),
    "SELF_APPROVAL": Forbidden(
        "Another general manager decides on what you have asked for.", code="SELF_APPROVAL"
    ),
    "ALREADY_DECIDED": Conflict("This waiver is decided. Ask for another one."),
}
