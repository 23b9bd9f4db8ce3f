"""Emergency changes: for an open Blocker on this very environment, by two people (R7, G8)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from common.auth import Caller, needs
from common.errors import Invalid, NotFound, Violation
from common.events.deliveries import EmergencyAuthorized, EmergencyRequested
from common.http import Asked, Page, Paging, Told, cursor, if_match, router, set_etag
from common.messaging.outbox import announce
from common.persistence.database import Connection, Transaction, moment
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.verdict import Denied
from delivery_gate.deliveries import events
from delivery_gate.deliveries.commands import Scene
from delivery_gate.deliveries.store import deliveries
from delivery_gate.denials import by, deny
from delivery_gate.emergencies import domain as emergency
from delivery_gate.emergencies import store
from delivery_gate.emergencies.domain import Blocker, EmergencyChange, EmergencyState
from delivery_gate.environments import commands as environment_commands
from delivery_gate.environments import store as environments
from delivery_gate.fields import Line, Said, Words
from delivery_gate.keys import next_key

routes = router("/v1/emergency-changes", ["emergency changes"])

Worker = Annotated[Caller, needs("emergencies:work")]
NOWHERE = UUID(int=0)


class EmergencyAsked(Asked):
    """`ticket`: id or key of the open Blocker on this environment. `what` is changed, and why."""

    environment: Line
    ticket: Line
    what: Words


class RevocationAsked(Asked):
    reason: Words


class EmergencyTold(Told):
    """Name its id or key in `contains` of the version that pays the debt."""

    id: UUID
    key: str
    environment: str
    ticket_id: UUID
    ticket: str
    what: str
    state: EmergencyState
    requested_by: str
    requested_at: datetime
    authorized_by: str | None
    authorized_at: datetime | None
    applied_by: str | None
    applied_at: datetime | None
    settled_by: UUID | None
    settled_at: datetime | None
    revoked_at: datetime | None
    revoked_why: str | None


@routes.post("", status_code=201, response_model=EmergencyTold)
async def request_emergency(
    asked: EmergencyAsked, response: Response, tx: Transaction, caller: Worker
) -> EmergencyTold | Response:
    """Ask for a change without a version. Denied unless there is an open Blocker right there."""
    environment = await environments.find(tx, asked.environment, lock=True)
    if environment is None:
        raise Invalid([Violation("/environment", "unknown", "there is no such environment")])
    scene = Scene(tx, environment, by(caller), await moment(tx))
    blocker = await store.blocker_named(tx, asked.ticket)
    wanted = EmergencyChange(
        id=uuid7(),
        key="",
        environment=environment.key,
        ticket_id=blocker.ticket_id if blocker else NOWHERE,
        ticket=blocker.key if blocker else asked.ticket,
        what=asked.what,
        requested_by=caller.sub,
        requested_at=scene.at,
    )
    pending = await store.pending_here(tx, environment.id)
    said = emergency.request(wanted, blocker, environment, pending)
    if isinstance(said, Denied):
        return await deny(scene, "emergency.request", f"environment/{environment.id}", said)
    kept = await _requested(scene, said)
    response.headers["Location"] = f"/v1/emergency-changes/{kept.id}"
    set_etag(response, kept.sequence)
    return EmergencyTold.model_validate(kept)


@routes.get("")
async def list_emergencies(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("deliveries:read")],
    environment: Annotated[str | None, Query(max_length=200)] = None,
    state: EmergencyState | None = None,
) -> Page[EmergencyTold]:
    """Newest first."""
    after: Any = page.after_as(datetime, UUID)
    found = await store.page(tx, environment, state, after, page.limit + 1)
    items = [EmergencyTold.model_validate(one) for one in found[: page.limit]]
    more = len(found) > page.limit
    return Page(items=items, next=cursor(items[-1].requested_at, items[-1].id) if more else None)


@routes.get("/{ref}")
async def get_emergency(
    ref: Said,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("deliveries:read")],
) -> EmergencyTold:
    change = await store.find(tx, ref)
    if change is None:
        raise NotFound(f"Emergency change {ref}")
    set_etag(response, change.sequence)
    return EmergencyTold.model_validate(change)


@routes.post("/{ref}/authorize", response_model=EmergencyTold)
async def authorize_emergency(
    ref: Said,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, needs("emergencies:authorize")],
) -> EmergencyTold | Response:
    """A second person takes the responsibility too."""
    scene, change, blocker = await _scene(tx, ref, caller, request)
    said = emergency.authorize(change, caller.sub, scene.at, blocker)
    if isinstance(said, Denied):
        return await deny(scene, "emergency.authorize", f"emergency/{change.id}", said)
    kept, event = events.of_emergency(
        EmergencyAuthorized, said, scene.environment, scene.at, caller.sub
    )
    await store.save(tx, kept)
    await announce(tx, event)
    await scene.note("emergency.authorize", f"emergency/{kept.id}", ticket=kept.ticket)
    return EmergencyTold.model_validate(kept)


@routes.post("/{ref}/apply", response_model=EmergencyTold)
async def apply_emergency(
    ref: Said, request: Request, tx: Transaction, caller: Worker
) -> EmergencyTold | Response:
    """It is done: the environment owes a version with this change, and accepts nothing else."""
    scene, change, blocker = await _scene(tx, ref, caller, request)
    place = scene.environment
    busy = await deliveries.is_busy(tx, place.id)
    said = emergency.apply(change, caller.sub, scene.at, blocker, place, busy=busy)
    if isinstance(said, Denied):
        return await deny(scene, "emergency.apply", f"emergency/{change.id}", said)
    debt_after = request.app.state.settings.debt_after
    return EmergencyTold.model_validate(await environment_commands.applied(scene, said, debt_after))


@routes.post("/{ref}/revoke", response_model=EmergencyTold)
async def revoke_emergency(
    ref: Said, asked: RevocationAsked, request: Request, tx: Transaction, caller: Worker
) -> EmergencyTold | Response:
    """Take the permission back before it is used."""
    scene, change, _ = await _scene(tx, ref, caller, request)
    said = emergency.revoke(change, asked.reason, scene.at)
    if isinstance(said, Denied):
        return await deny(scene, "emergency.revoke", f"emergency/{change.id}", said)
    return EmergencyTold.model_validate(
        await environment_commands.revoked(scene, said, asked.reason)
    )


async def _requested(scene: Scene, change: EmergencyChange) -> EmergencyChange:
    named = emergency.name(change, await next_key(scene.tx, "EMC"))
    kept, event = events.of_emergency(
        EmergencyRequested, named, scene.environment, scene.at, scene.by.sub
    )
    await store.add(scene.tx, kept, scene.environment)
    await announce(scene.tx, event)
    await scene.note("emergency.request", f"emergency/{kept.id}", ticket=kept.ticket)
    return kept


async def _scene(
    tx: Connection, ref: str, caller: Caller, request: Request
) -> tuple[Scene, EmergencyChange, Blocker | None]:
    """The environment is locked before the Blocker is read: who lifts it waits, or was first."""
    place = await store.place(tx, ref)
    if place is None:
        raise NotFound(f"Emergency change {ref}")
    environment = await environments.lock(tx, place[1])
    change = await store.lock(tx, place[0])
    if_match(request, change.sequence, EmergencyTold.model_validate(change))
    blocker = await store.blocker(tx, change.ticket_id)
    return Scene(tx, environment, by(caller), await moment(tx)), change, blocker
