"""Products, versions and checks: inserted, never changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from delivery_gate.criteria.domain.criteria import Check
from delivery_gate.deliveries.tables import deliveries
from delivery_gate.sql_literals import in_literals
from delivery_gate.versions.domain import Version
from delivery_gate.versions.tables import checks, products, versions


@dataclass(frozen=True, slots=True)
class Product:
    """`versions` counts those registered so far."""

    id: UUID
    key: str
    name: str
    versions: int
    created_by: str
    created_at: datetime


async def add_product(tx: Connection, product: Product) -> bool:
    """False where the key is taken."""
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


async def get_product(tx: Connection, key: str, *, lock: bool = False) -> Product | None:
    """The product; `lock` while a version of it is registered."""
    query = select(products).where(products.c.key == key)
    row = (await tx.execute(query.with_for_update(key_share=True) if lock else query)).one_or_none()
    return None if row is None else Product(*row)


async def list_products(tx: Connection, after: str | None, limit: int) -> list[Product]:
    query = select(products).order_by(products.c.key).limit(limit)
    if after is not None:
        query = query.where(products.c.key > after)
    return [Product(*row) for row in await tx.execute(query)]


async def add(tx: Connection, version: Version) -> None:
    """Store a version of a locked product."""
    await tx.execute(
        insert(versions).values(
            id=version.id,
            product=version.product,
            name=version.name,
            digest=version.digest,
            contains=sorted(version.contains),
            ordinal=version.ordinal,
            registered_by=version.registered_by,
            registered_at=version.registered_at,
        )
    )
    grown = update(products).where(products.c.key == version.product)
    await tx.execute(grown.values(versions=version.ordinal))


async def get_by_name(tx: Connection, product: str, name: str) -> Version | None:
    query = select(versions).where(versions.c.product == product, versions.c.name == name)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _version(row)


async def find(tx: Connection, reference: str) -> Version | None:
    """By id, or as people say it: `billing:1.4.0`."""
    try:
        where = versions.c.id == UUID(reference)
    except ValueError:
        product, _, name = reference.partition(":")
        return await get_by_name(tx, product, name)
    row = (await tx.execute(select(versions).where(where))).one_or_none()
    return None if row is None else _version(row)


async def page(
    tx: Connection, product: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Version]:
    """Newest first."""
    sort_key = tuple_(versions.c.registered_at, versions.c.id)
    query = select(versions).order_by(versions.c.registered_at.desc(), versions.c.id.desc())
    if product is not None:
        query = query.where(versions.c.product == product)
    if after is not None:
        query = query.where(sort_key < after)
    return [_version(row) for row in await tx.execute(query.limit(limit))]


async def list_older_names(tx: Connection, version: Version) -> set[str]:
    """The names of the same product's versions that were registered before this one."""
    before = versions.c.ordinal < version.ordinal
    query = select(versions.c.name).where(versions.c.product == version.product, before)
    return set((await tx.execute(query)).scalars())


async def add_checks(
    tx: Connection, version: Version, runs: Iterable[Check], reported_by: str
) -> None:
    """Keep what a pipeline found out about a version."""
    rows = [
        {
            "id": uuid7(),
            "version_id": version.id,
            "product": version.product,
            "digest": version.digest,
            "kind": run.kind,
            "result": run.result,
            "at": run.at,
            "evidence": run.evidence,
            "reported_by": reported_by,
        }
        for run in runs
    ]
    await tx.execute(insert(checks), rows)


async def get_latest_checks(tx: Connection, product: str, digest: str) -> tuple[Check, ...]:
    """The last run of each kind on this digest, under whatever name."""
    by_digest = await get_latest_checks_of(tx, [(product, digest)])
    return by_digest.get((product, digest), ())


async def get_latest_checks_of(
    tx: Connection, digests: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Check, ...]]:
    """The same for several (product, digest); of two runs at one instant, the later reported."""
    columns = checks.c.product, checks.c.digest, checks.c.kind
    query = (
        select(checks)
        .where(tuple_(checks.c.product, checks.c.digest).in_(digests))
        .ext(distinct_on(*columns))
        .order_by(*columns, checks.c.at.desc(), checks.c.position.desc())
    )
    by_digest: dict[tuple[str, str], tuple[Check, ...]] = {}
    for row in await tx.execute(query):
        run, key = Check(row.kind, row.result, row.at, row.evidence), (row.product, row.digest)
        by_digest[key] = (*by_digest.get(key, ()), run)
    return by_digest


async def list_verified_tiers(tx: Connection, product: str, digest: str) -> frozenset[str]:
    """The tiers in which this digest was delivered and verified, at any customer (G7)."""
    where = (
        deliveries.c.product == product,
        deliveries.c.digest == digest,
        in_literals(deliveries.c.state, ["delivered"]),
    )
    query = select(deliveries.c.tier).where(*where).distinct()
    return frozenset((await tx.execute(query)).scalars())


def _version(row: Row[Any]) -> Version:
    return Version(
        row.id,
        row.product,
        row.name,
        row.digest,
        frozenset(row.contains),
        row.ordinal,
        row.registered_by,
        row.registered_at,
    )
