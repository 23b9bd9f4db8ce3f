"""Actions of reviews: done by their owner, verified by somebody else (R14)."""

from datetime import UTC, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, Forbidden, NotFound, Problem
from common.http import Page, Paging, encode_cursor, if_match, problem_response, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name, id_or_key
from sla.reviews import action_items as obligations
from sla.reviews.domain.action_item import (
    Action,
    Deed,
    Denied,
    finish,
    hand_over,
    send_back,
    verify,
)
from sla.reviews.schemas.requests import Evidence, HandOver, Wanting
from sla.reviews.schemas.responses import ActionTold, action_told
from sla.reviews.store import meetings

routes = router("/v1/review-actions", tags=["reviews"])


@routes.get("")
async def list_actions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("actions:work")],
    owner: Annotated[str | None, Query(max_length=100, description="By sub.")] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    everything: Annotated[bool, Query(alias="all", description="Verified ones, too.")] = False,
) -> Page[ActionTold]:
    """What is owed, the one due first first."""
    after = page.after_as(datetime, UUID)
    behind = after and (after[0].date(), after[1])
    found = await meetings.actions_page(tx, owner, customer, not everything, page.limit, behind)
    items = [action_told(action) for action, _ in found[: page.limit]]
    last = items[-1] if len(found) > page.limit else None
    place = (datetime.combine(last.due, time(), UTC), last.id) if last else None
    return Page[ActionTold](items=items, next=encode_cursor(*place) if place else None)


@routes.get("/{name}")
async def show_action(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:work")],
) -> ActionTold:
    found = await meetings.find_action(tx, id_or_key(name))
    if found is None:
        raise NotFound("This action")
    set_etag(response, found[1])
    return action_told(found[0])


@routes.post("/{name}/finish", response_model=ActionTold)
async def finish_action(
    name: Name,
    asked: Evidence,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:work")],
) -> ActionTold | Response:
    """Its owner says that it is done, and what shows it."""
    action = await _locked(tx, name, request)
    deed = Deed(caller.sub, await transaction_time(tx), asked.evidence)
    return await _kept(tx, action, finish(action, deed), deed, "finish", caller, response)


@routes.post("/{name}/verify", response_model=ActionTold)
async def verify_action(
    name: Name,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionTold | Response:
    """Another person than the owner has seen what shows it."""
    action = await _locked(tx, name, request)
    deed = Deed(caller.sub, await transaction_time(tx), "")
    return await _kept(tx, action, verify(action, deed), deed, "verify", caller, response)


@routes.post("/{name}/send-back", response_model=ActionTold)
async def send_action_back(
    name: Name,
    asked: Wanting,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("actions:verify")],
) -> ActionTold | Response:
    """Another person found the evidence wanting: it is open again."""
    action = await _locked(tx, name, request)
    deed = Deed(caller.sub, await transaction_time(tx), asked.reason)
    return await _kept(tx, action, send_back(action, deed), deed, "send_back", caller, response)


@routes.post("/{name}/hand-over", response_model=ActionTold)
async def hand_action_over(
    name: Name,
    asked: HandOver,
    request: Request,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reviews:write")],
) -> ActionTold | Response:
    """Somebody else owns it from now on, or it is due on another day; who did that is on record."""
    action = await _locked(tx, name, request)
    deed = Deed(caller.sub, await transaction_time(tx), f"{asked.owner} by {asked.due}")
    handed = hand_over(action, asked.owner, asked.due)
    return await _kept(tx, action, handed, deed, "hand_over", caller, response)


async def _locked(tx: Connection, name: str, request: Request) -> Action:
    found = await meetings.find_action(tx, id_or_key(name), lock=True)
    if found is None:
        raise NotFound("This action")
    if_match(request, found[1], action_told(found[0]))
    return found[0]


async def _kept(
    tx: Connection,
    action: Action,
    outcome: Action | Denied,
    deed: Deed,
    what: str,
    caller: Caller,
    response: Response,
) -> ActionTold | Response:
    """Store what came of it; a refusal commits too, so that the attempt is on record."""
    subject = f"review-action/{action.id}"
    if not isinstance(outcome, Action):
        entry = f"review_action.{what}.denied"
        denied = Entry(deed.at, deed.by, entry, subject, {"why": outcome}, caller.via_machine)
        await record(tx, denied)
        return problem_response(REFUSALS[outcome])
    set_etag(response, await meetings.save_action(tx, outcome))
    await obligations.expect(tx, outcome)
    grounds = {"state": outcome.state, "owner": outcome.owner, "said": deed.said}
    entry = f"review_action.{what}"
    await record(tx, Entry(deed.at, deed.by, entry, subject, grounds, caller.via_machine))
    return action_told(outcome)


REFUSALS: dict[Denied, Problem] = {
    "NOT_OWNER": Forbidden("Its owner finishes it; hand it over first.", code="NOT_OWNER"),
    "SELF_VERIFICATION": Forbidden(
        "Somebody else than its owner looks at the evidence.", code="SELF_VERIFICATION"
    ),
    "NOT_OPEN": Conflict("It waits to be verified, or is verified.", code="NOT_OPEN"),
    "NOT_DONE": Conflict("Its owner has not finished it, or it is verified.", code="NOT_DONE"),
    "VERIFIED": Conflict("It is done and verified.", code="VERIFIED"),
}
