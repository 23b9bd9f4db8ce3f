"""HTTP routes of products."""

from typing import Annotated

from fastapi import Depends, Response

from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import Page, Paging, Transaction, router
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from delivery_gate.command_context import CommandContext
from delivery_gate.path_parameters import ProductRef
from delivery_gate.products import store
from delivery_gate.products.domain import Product
from delivery_gate.products.schemas import ProductCreate, ProductRead

routes = router("/v1/products", ["products"])


@routes.post("", status_code=201)
async def create_product(
    body: ProductCreate,
    response: Response,
    tx: Transaction,
    caller: Annotated[Caller, requires("versions:write")],
) -> ProductRead:
    """Create a product. Versions and deliveries name it by its key."""
    context = CommandContext(tx, caller.actor, await transaction_time(tx))
    product = Product(uuid7(), body.key, body.name, 0, caller.sub, context.at)
    if not await store.add(tx, product):
        detail = f"There is a product {body.key} already. Use it, or choose another key."
        raise Conflict(detail, code="KEY_TAKEN", type="conflict")
    await context.audit("product.add", f"product/{product.id}", key=product.key)
    response.headers["Location"] = f"/v1/products/{product.key}"
    return ProductRead.model_validate(product)


@routes.get("")
async def list_products(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("versions:read")],
) -> Page[ProductRead]:
    """List products, in the order of their keys."""
    after = page.after_as(str)
    rows = await store.page(tx, after, page.limit)
    return page.page_of(rows, ProductRead.model_validate, lambda product: (product.key,))


@routes.get("/{product}")
async def get_product(
    key: ProductRef, tx: Transaction, caller: Annotated[Caller, requires("versions:read")]
) -> ProductRead:
    """Get a product by its key."""
    product = await store.find(tx, key)
    if product is None:
        raise NotFound(f"Product {key}")
    return ProductRead.model_validate(product)
