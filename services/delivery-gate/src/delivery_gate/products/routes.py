"""Products: what versions are versions of."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response

from common.auth import Caller, needs
from common.errors import Conflict, NotFound
from common.http import Asked, Page, Paging, Told, cursor, router
from common.persistence.database import Transaction, moment
from common.persistence.ids import uuid7
from delivery_gate.deliveries.commands import note
from delivery_gate.denials import by
from delivery_gate.fields import Key, Line, Said
from delivery_gate.versions import store
from delivery_gate.versions.store import Product

routes = router("/v1/products", ["products"])


class ProductAsked(Asked):
    key: Key
    name: Line


class ProductTold(Told):
    """`versions`: how many were registered so far."""

    id: UUID
    key: str
    name: str
    versions: int
    made_by: str
    made_at: datetime


@routes.post("", status_code=201)
async def add_product(
    asked: ProductAsked,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, needs("versions:write")],
) -> ProductTold:
    """Make a product known. Its key is what versions and deliveries name."""
    at = await moment(tx)
    product = Product(uuid7(), asked.key, asked.name, 0, caller.sub, at)
    if not await store.add_product(tx, product):
        raise Conflict(f"There is a product {asked.key} already; use it, or choose another key.")
    await note(tx, at, by(caller), "product.add", f"product/{product.id}", key=product.key)
    response.headers["Location"] = f"/v1/products/{product.key}"
    return ProductTold.model_validate(product)


@routes.get("")
async def list_products(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("versions:read")],
) -> Page[ProductTold]:
    """In the order of their keys."""
    after = page.after_as(str)
    found = await store.product_page(tx, after[0] if after else None, page.limit + 1)
    items = [ProductTold.model_validate(one) for one in found[: page.limit]]
    return Page(items=items, next=cursor(items[-1].key) if len(found) > page.limit else None)


@routes.get("/{key}")
async def get_product(
    key: Said, tx: Transaction, caller: Annotated[Caller, needs("versions:read")]
) -> ProductTold:
    product = await store.product(tx, key)
    if product is None:
        raise NotFound(f"Product {key}")
    return ProductTold.model_validate(product)
