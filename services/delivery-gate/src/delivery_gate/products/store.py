"""Every query about products."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from delivery_gate.products.domain import Product
from delivery_gate.products.tables import products


async def add(tx: Connection, product: Product) -> bool:
    """Store a new product. False, and nothing stored, where the key is taken."""
    query = (
        insert(products)
        .values(
            id=product.id,
            key=product.key,
            name=product.name,
            versions=product.versions,
            created_by=product.created_by,
            created_at=product.created_at,
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(products.c.id)
    )
    return await tx.scalar(query) is not None


async def find(tx: Connection, key: str, *, lock: bool = False) -> Product | None:
    """The product with this key; `lock` it while a version of it is registered."""
    query = select(products).where(products.c.key == key)
    row = (await tx.execute(query.with_for_update(key_share=True) if lock else query)).one_or_none()
    return None if row is None else Product(*row)


async def page(tx: Connection, after: Sequence[Any] | None, limit: int) -> list[Product]:
    """Products in the order of their keys, behind the key in `after`; one more than `limit`."""
    query = page_after(select(products), (products.c.key,), after, limit)
    return [Product(*row) for row in await tx.execute(query)]


async def save_version_count(tx: Connection, key: str, versions: int) -> None:
    """Store how many versions of a locked product are registered."""
    await tx.execute(update(products).where(products.c.key == key).values(versions=versions))
