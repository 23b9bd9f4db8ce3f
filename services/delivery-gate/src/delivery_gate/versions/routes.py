"""HTTP routes of versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.domain import Rejection
from common.errors import ValidationFailed, Violation
from common.http import Page, Paging, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from delivery_gate.command_context import CommandContext
from delivery_gate.denials import deny
from delivery_gate.emergencies.store import emergency_changes
from delivery_gate.fields import ProductFilter
from delivery_gate.path_parameters import VersionRef
from delivery_gate.products import store as products
from delivery_gate.versions import store
from delivery_gate.versions.commands import record_version
from delivery_gate.versions.dependencies import load_response, load_responses, load_version
from delivery_gate.versions.domain import Version, register
from delivery_gate.versions.schemas import VersionCreate, VersionRead

routes = router("/v1/versions", ["versions"])


@routes.post("", status_code=201, response_model=VersionRead)
async def register_version(
    body: VersionCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("versions:write")],
) -> VersionRead | Response:
    """Register a version: its name is bound to its digest for ever. The same registration again
    answers with the registered version."""
    product = await products.find(tx, body.product, lock=True)
    if product is None:
        raise ValidationFailed(
            [Violation("/product", "unknown_reference", "register this product first")]
        )
    context = CommandContext(tx, caller.actor, await transaction_time(tx))
    requested = Version(
        id=uuid7(),
        product=product.key,
        name=body.name,
        digest=body.digest,
        contains=await _emergency_ids(tx, body.contains),
        ordinal=product.versions + 1,
        registered_by=caller.sub,
        registered_at=context.at,
    )
    registered = register(requested, await store.get_by_name(tx, product.key, body.name))
    if isinstance(registered, Rejection):
        return await deny(context, "version.register", f"product/{product.id}", registered)
    if registered is requested:
        await record_version(context, registered)
    response.headers["Location"] = f"/v1/versions/{registered.id}"
    return await load_response(tx, registered)


async def _emergency_ids(tx: Connection, references: Sequence[str]) -> frozenset[UUID]:
    ids = await emergency_changes.find_ids(tx, references)
    violations = [
        Violation(f"/contains/{index}", "unknown_reference", "there is no such emergency change")
        for index, reference in enumerate(references)
        if reference not in ids
    ]
    if violations:
        raise ValidationFailed(violations)
    return frozenset(ids.values())


@routes.get("")
async def list_versions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("versions:read")],
    product: ProductFilter = None,
) -> Page[VersionRead]:
    """List versions, newest first."""
    after: Any = page.after_as(datetime, UUID)
    rows = await store.page(tx, product, after, page.limit)
    responses = await load_responses(tx, rows)
    return page.page_of(
        responses, lambda response: response, lambda item: (item.registered_at, item.id)
    )


@routes.get("/{version}")
async def get_version(
    ref: VersionRef, tx: Transaction, caller: Annotated[Caller, requires("versions:read")]
) -> VersionRead:
    """Get a version by its id, or as `product:name`."""
    return await load_response(tx, await load_version(tx, ref))
