"""Saved views: each person's own, and those that all of us share."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Response

from common import audit
from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Transaction, rejection_response, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from intake.directory import names
from intake.views import store
from intake.views.domain import SavedView, check_change, check_number
from intake.views.schemas import ViewRead, ViewSave

routes = router("/v1/views", ["saved views"])

Reader = Annotated[Caller, requires("queue:read")]
ViewId = Annotated[UUID, Path(alias="view", description="The view's id.")]


@routes.post("", status_code=201, response_model=ViewRead)
async def create_view(body: ViewSave, caller: Reader, tx: Transaction) -> Response:
    """Create a view: the filters of a list under a name, for oneself, or `shared` with all of staff."""
    at = await transaction_time(tx)
    if rejection := check_number(await store.count_of(tx, caller.sub)):
        return rejection_response(rejection)
    view = SavedView(uuid7(), caller.sub, body.name, body.shared, body.list, body.to_query(), at)
    if not await store.add(tx, view):
        raise _name_taken(view)
    await _record(tx, caller, view, "view.save")
    response = await _response(tx, view, 201)
    response.headers["Location"] = f"/v1/views/{view.id}"
    return response


@routes.get("")
async def list_views(
    caller: Reader, tx: Transaction, page: Annotated[Paging, Depends()]
) -> Page[ViewRead]:
    """List the caller's own views and the shared ones, oldest first."""
    rows = await store.page(tx, caller.sub, page.after_as(UUID), page.limit)
    known = await names.of_accounts(tx, {view.owner for view in rows})
    return page.page_of(
        rows, lambda view: _read(view, known.get(view.owner)), lambda view: (view.id,)
    )


@routes.get("/{view}", response_model=ViewRead)
async def get_view(id: ViewId, caller: Reader, tx: Transaction) -> Response:
    """Get a view of the caller's own, or a shared one."""
    return await _response(tx, _readable(caller, await store.find(tx, id), id))


@routes.put("/{view}", response_model=ViewRead)
async def replace_view(id: ViewId, body: ViewSave, caller: Reader, tx: Transaction) -> Response:
    """Replace a view of the caller's own."""
    before = _readable(caller, await store.lock(tx, id), id)
    if rejection := check_change(before, caller.sub):
        return _forbidden(rejection)
    view = replace(
        before,
        name=body.name,
        shared=body.shared,
        list=body.list,
        query=body.to_query(),
        saved_at=await transaction_time(tx),
    )
    if await store.has_name(tx, view):
        raise _name_taken(view)
    await store.save(tx, view)
    await _record(tx, caller, view, "view.change")
    return await _response(tx, view)


@routes.delete("/{view}", status_code=204)
async def delete_view(id: ViewId, caller: Reader, tx: Transaction) -> Response:
    """Delete a view of the caller's own."""
    view = _readable(caller, await store.lock(tx, id), id)
    if rejection := check_change(view, caller.sub):
        return _forbidden(rejection)
    await store.remove(tx, id)
    await _record(tx, caller, view, "view.delete")
    return Response(status_code=204)


def _readable(caller: Caller, view: SavedView | None, id: UUID) -> SavedView:
    """The view, if it exists for this caller. Raises NotFound."""
    if view is None or not view.is_readable_by(caller.sub):
        raise NotFound(f"View {id}")
    return view


def _name_taken(view: SavedView) -> Conflict:
    return Conflict(
        f"You have a view named {view.name}; change that one, or choose another name.",
        code="NAME_TAKEN",
    )


def _forbidden(rejection: Rejection) -> Response:
    return rejection_response(rejection, status=403, title="This is somebody else's")


async def _record(tx: Connection, caller: Caller, view: SavedView, action: str) -> None:
    at = await transaction_time(tx)
    grounds = {"name": view.name, "shared": view.shared, "list": view.list, "query": view.query}
    entry = audit.Entry.by(caller.actor, at, action, f"view/{view.id}", grounds)
    await audit.record(tx, entry)


async def _response(tx: Connection, view: SavedView, status: int = 200) -> Response:
    known: Sequence[str] = [*(await names.of_accounts(tx, [view.owner])).values()]
    body = _read(view, known[0] if known else None).model_dump_json()
    return Response(body, status, media_type="application/json")


def _read(view: SavedView, owner_name: str | None) -> ViewRead:
    return ViewRead(owner_name=owner_name, **asdict(view))
