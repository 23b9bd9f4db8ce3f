"""Comments in negotiation: both sides read and write them while a version is proposed."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.agreements.dependencies import locked, seen
from sla.agreements.domain.lifecycle import Person, Side
from sla.agreements.store import comments
from sla.agreements.store.comments import Comment
from sla.calendars.schemas import Name, id_or_key

routes = router("/v1/agreements", tags=["agreements"])


class CommentAsked(RequestModel):
    comment: Annotated[str, Field(min_length=1, max_length=5000)]


class CommentTold(ResponseModel):
    id: UUID
    created_by: str
    side: Side
    created_at: datetime
    comment: str


@routes.post("/{name}/comments", status_code=201)
async def comment_on_version(
    name: Name,
    asked: CommentAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:comment")],
) -> CommentTold:
    """Both sides see it, so write what the other side may read."""
    found = await locked(tx, id_or_key(name), caller)
    if found.life.state not in ("proposed", "agreed"):
        raise Conflict(f"This version is {found.life.state}: it is not negotiated now.")
    at = await transaction_time(tx)
    side = Person(caller.sub, caller.customer is not None).side
    said = Comment(uuid7(), found.agreement.id, caller.sub, side, at, asked.comment)
    await comments.add(tx, said)
    grounds = {"version": found.agreement.version, "comment": said.id}
    subject = f"agreement/{found.agreement_id}"
    await record(
        tx, Entry(at, caller.sub, "agreement.comment", subject, grounds, caller.via_machine)
    )
    response.headers["Location"] = f"/v1/agreements/{found.agreement.id}/comments"
    return CommentTold.model_validate(said)


@routes.get("/{name}/comments")
async def list_comments(
    name: Name,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[CommentTold]:
    """Of that version, oldest first."""
    found = await seen(tx, id_or_key(name), caller)
    after = page.after_as(UUID)
    said = await comments.page(tx, found.agreement.id, page.limit, after[0] if after else None)
    items = [CommentTold.model_validate(one) for one in said[: page.limit]]
    last = items[-1] if len(said) > page.limit else None
    return Page[CommentTold](items=items, next=encode_cursor(last.id) if last else None)
