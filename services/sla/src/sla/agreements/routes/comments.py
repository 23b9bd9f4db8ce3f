"""Comments on a version that is being negotiated, by both sides."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict
from common.http import (
    Page,
    Paging,
    RequestModel,
    ResponseModel,
    Transaction,
    router,
)
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from common.persistence.keys import id_or_key
from sla.agreements.dependencies import get_own_version, lock_version
from sla.agreements.domain.lifecycle import Person, Side
from sla.agreements.store import comments
from sla.agreements.store.comments import Comment
from sla.directory.store.people import names_of_accounts
from sla.path_parameters import AgreementRef

routes = router("/v1/agreements", tags=["agreements"])


class CommentCreate(RequestModel):
    comment: Annotated[str, Field(min_length=1, max_length=5000)]


class CommentRead(ResponseModel):
    """`author_name`: of one of our people; null of a contact, whose name stays in intake."""

    id: UUID
    created_by: str
    author_name: str | None
    side: Side
    created_at: datetime
    comment: str


@routes.post("/{agreement}/comments", status_code=201)
async def create_comment(
    name: AgreementRef,
    body: CommentCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("agreements:comment")],
) -> CommentRead:
    """Create a comment on a version that is being negotiated. Both sides see it."""
    await get_own_version(tx, id_or_key(name), caller)
    stored = await lock_version(tx, id_or_key(name), caller)
    if stored.lifecycle.state not in ("proposed", "agreed"):
        detail = f"This version is {stored.lifecycle.state}: it is not negotiated now."
        raise Conflict(detail, code="NOT_NEGOTIATED", type="conflict")
    at = await transaction_time(tx)
    side = Person(caller.sub, caller.customer is not None).side
    comment = Comment(uuid7(), stored.agreement.id, caller.sub, side, at, body.comment)
    await comments.add(tx, comment)
    grounds = {"version": stored.agreement.version, "comment": comment.id}
    subject = f"agreement/{stored.agreement_id}"
    await record(tx, Entry.by(caller.actor, at, "agreement.comment", subject, grounds))
    response.headers["Location"] = f"/v1/agreements/{stored.agreement.id}/comments"
    return _to_response(comment, await names_of_accounts(tx, {comment.created_by}))


@routes.get("/{agreement}/comments")
async def list_comments(
    name: AgreementRef,
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("agreements:read")],
) -> Page[CommentRead]:
    """List the comments on a version, oldest first. Customers whom it only covers see none."""
    stored = await get_own_version(tx, id_or_key(name), caller)
    rows = await comments.list_page(tx, stored.agreement.id, page.limit, page.after_as(UUID))
    names = await names_of_accounts(tx, {one.created_by for one in rows})
    return page.page_of(rows, lambda one: _to_response(one, names), lambda one: (one.id,))


def _to_response(comment: Comment, names: Mapping[str, str]) -> CommentRead:
    return CommentRead.model_validate(
        asdict(comment) | {"author_name": names.get(comment.created_by)}
    )
