"""Products: what versions are versions of."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from common.persistence.ids import uuid7
from delivery_gate.deliveries.commands import audit_action
from delivery_gate.denials import actor_of
from delivery_gate.fields import Key, Line, PathReference
from delivery_gate.versions import store
from delivery_gate.versions.store import Product

routes = router("/v1/products", ["products"])


class ProductCreate(RequestModel):
    key: Key
    name: Line


class ProductRead(ResponseModel):
    """`versions`: how many were registered so far."""

    id: UUID
    key: str
    name: str
    versions: int
    created_by: str
    created_at: datetime


@routes.post("", status_code=201)
async def create_product(
    body: ProductCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("versions:write")],
) -> ProductRead:
    """Make a product known. Its key is what versions and deliveries name."""
    at = await transaction_time(tx)
    product = Product(uuid7(), body.key, body.name, 0, caller.sub, at)
    if not await store.add_product(tx, product):
        raise Conflict(f"There is a product {body.key} already; use it, or choose another key.")
    await audit_action(
        tx, at, actor_of(caller), "product.add", f"product/{product.id}", key=product.key
    )
    response.headers["Location"] = f"/v1/products/{product.key}"
    return ProductRead.model_validate(product)


@routes.get("")
async def list_products(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("versions:read")],
) -> Page[ProductRead]:
    """In the order of their keys."""
    after = page.after_as(str)
    rows = await store.list_products(tx, after[0] if after else None, page.limit + 1)
    items = [ProductRead.model_validate(one) for one in rows[: page.limit]]
    return Page(items=items, next=encode_cursor(items[-1].key) if len(rows) > page.limit else None)


@routes.get("/{key}")
async def get_product(
    key: PathReference, tx: Transaction, caller: Annotated[Caller, requires("versions:read")]
) -> ProductRead:
    product = await store.get_product(tx, key)
    if product is None:
        raise NotFound(f"Product {key}")
    return ProductRead.model_validate(product)
