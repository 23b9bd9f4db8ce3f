"""The work that refusals oblige to: done by one person, confirmed by another (G5)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, needs
from common.errors import NotFound
from common.events.deliveries import (
    FollowUpClosed,
    FollowUpEvent,
    FollowUpEvidenced,
    FollowUpReopened,
)
from common.http import Asked, Page, Paging, Told, cursor, if_match, router, set_etag
from common.messaging.outbox import announce
from common.persistence.database import Connection, Transaction, moment
from delivery_gate.criteria.domain.verdict import Denied, FollowUpKind
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import Scene
from delivery_gate.denials import by, deny
from delivery_gate.environments import store as environments
from delivery_gate.environments.commands import explained
from delivery_gate.fields import Said, Words
from delivery_gate.follow_ups import store
from delivery_gate.follow_ups.domain import FollowUp, FollowUpState, close, confirm, reject

routes = router("/v1/follow-ups", ["follow-ups"])

Confirmer = Annotated[Caller, needs("followups:confirm")]


class EvidenceAsked(Asked):
    """What shows that the work is done: a link, a run, a document."""

    evidence: Words


class FollowUpTold(Told):
    """`holds`: the version may not be delivered anywhere meanwhile."""

    id: UUID
    key: str
    kind: FollowUpKind
    demand: str
    state: FollowUpState
    delivery_id: UUID | None
    environment: str
    product: str | None
    version: str | None
    holds: bool
    opened_at: datetime
    evidence: str | None
    closed_by: str | None
    closed_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None


@routes.get("")
async def list_follow_ups(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("deliveries:read")],
    state: FollowUpState | None = None,
    product: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[FollowUpTold]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    found = await store.page(tx, state, product, after, page.limit + 1)
    items = [_told(one) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page(items=items, next=cursor(items[-1].opened_at, items[-1].id) if more else None)


@routes.get("/{ref}")
async def get_follow_up(
    ref: Said,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("deliveries:read")],
) -> FollowUpTold:
    follow_up = await store.find(tx, ref)
    if follow_up is None:
        raise NotFound(f"Follow-up {ref}")
    set_etag(response, follow_up.sequence)
    return _told(follow_up)


@routes.post("/{ref}/close", response_model=FollowUpTold)
async def close_follow_up(
    ref: Said,
    asked: EvidenceAsked,
    request: Request,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("followups:work")],
) -> FollowUpTold | Response:
    """Say that it is done, with evidence. It holds until another person confirms."""
    scene, follow_up = await _scene(tx, ref, caller, request)
    said = close(follow_up, caller.sub, asked.evidence, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "follow_up.close", f"follow-up/{follow_up.id}", said)
    return await _kept(scene, said, FollowUpEvidenced, "follow_up.close", response)


@routes.post("/{ref}/reject", response_model=FollowUpTold)
async def reject_follow_up(
    ref: Said, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpTold | Response:
    """The evidence does not hold: the work is open again."""
    scene, follow_up = await _scene(tx, ref, caller, request)
    said = reject(follow_up, caller.sub)
    if isinstance(said, Denied):
        return await deny(scene, "follow_up.reject", f"follow-up/{follow_up.id}", said)
    return await _kept(scene, said, FollowUpReopened, "follow_up.reject", response)


@routes.post("/{ref}/confirm", response_model=FollowUpTold)
async def confirm_follow_up(
    ref: Said, request: Request, response: Response, tx: Transaction, caller: Confirmer
) -> FollowUpTold | Response:
    """A second person agrees: the version is free again; a drift is explained (G10)."""
    scene, follow_up = await _scene(tx, ref, caller, request)
    said = confirm(follow_up, caller.sub, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "follow_up.confirm", f"follow-up/{follow_up.id}", said)
    drift = scene.environment.drift
    if drift is not None and said.explains(drift.since):
        await explained(scene)
    closer = {"closed_by": said.closed_by}
    return await _kept(scene, said, FollowUpClosed, "follow_up.confirm", response, **closer)


async def _scene(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[Scene, FollowUp]:
    place = await store.place(tx, ref)
    if place is None:
        raise NotFound(f"Follow-up {ref}")
    environment = await environments.lock(tx, place[1])
    follow_up = await store.lock(tx, place[0])
    if_match(request, follow_up.sequence, _told(follow_up))
    return Scene(tx, environment, by(caller), await moment(tx)), follow_up


async def _kept(
    scene: Scene,
    said: FollowUp,
    event: type[FollowUpEvent],
    action: str,
    response: Response,
    **more: Any,
) -> FollowUpTold:
    kept, told = events.of_follow_up(event, said, scene.at, scene.by.sub, **more)
    await store.save(scene.tx, kept)
    await announce(scene.tx, told)
    await scene.note(action, f"follow-up/{kept.id}", key=kept.key, state=kept.state)
    set_etag(response, kept.sequence)
    return _told(kept)


def _told(follow_up: FollowUp) -> FollowUpTold:
    held = follow_up.held
    return FollowUpTold(
        id=follow_up.id,
        key=follow_up.key,
        kind=follow_up.kind,
        demand=follow_up.demand,
        state=follow_up.state,
        delivery_id=follow_up.delivery_id,
        environment=follow_up.environment,
        product=held.product if held else None,
        version=held.name if held else None,
        holds=held is not None and follow_up.state != "confirmed",
        opened_at=follow_up.opened_at,
        evidence=follow_up.evidence,
        closed_by=follow_up.closed_by,
        closed_at=follow_up.closed_at,
        confirmed_by=follow_up.confirmed_by,
        confirmed_at=follow_up.confirmed_at,
    )
