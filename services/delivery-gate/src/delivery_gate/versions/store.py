"""Every query about versions and their checks. Both are inserted and never changed."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert

from common.persistence.database import Connection
from common.persistence.ids import uuid7
from common.persistence.keyset import page_after
from delivery_gate.criteria.domain.criteria import Check
from delivery_gate.versions.domain import Version
from delivery_gate.versions.tables import checks, versions


async def add(tx: Connection, version: Version) -> None:
    """Store a new version of a locked product."""
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


async def get_by_name(tx: Connection, product: str, name: str) -> Version | None:
    """The version with this name of a product."""
    query = select(versions).where(versions.c.product == product, versions.c.name == name)
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else _version(row)


async def find(tx: Connection, reference: str) -> Version | None:
    """The version with this id, or with this product and name (`billing:1.4.0`)."""
    try:
        where = versions.c.id == UUID(reference)
    except ValueError:
        product, _, name = reference.partition(":")
        return await get_by_name(tx, product, name)
    row = (await tx.execute(select(versions).where(where))).one_or_none()
    return None if row is None else _version(row)


async def page(
    tx: Connection, product: str | None, after: Sequence[Any] | None, limit: int
) -> list[Version]:
    """Versions, newest first, behind `after` (registration time and id); one more than `limit`."""
    query = select(versions)
    if product is not None:
        query = query.where(versions.c.product == product)
    order = versions.c.registered_at.desc(), versions.c.id.desc()
    rows = await tx.execute(page_after(query, order, after, limit))
    return [_version(row) for row in rows]


async def list_older_names(tx: Connection, version: Version) -> set[str]:
    """The names of the same product's versions that were registered before this one."""
    before = versions.c.ordinal < version.ordinal
    query = select(versions.c.name).where(versions.c.product == version.product, before)
    return set((await tx.execute(query)).scalars())


async def add_checks(
    tx: Connection, version: Version, runs: Iterable[Check], reported_by: str
) -> None:
    """Store the results of checks on a version."""
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
    """The latest run of each kind on this digest, whatever name it was reported for."""
    by_digest = await get_latest_checks_of(tx, [(product, digest)])
    return by_digest.get((product, digest), ())


async def get_latest_checks_of(
    tx: Connection, digests: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Check, ...]]:
    """The latest runs per (product, digest). Of two at one instant the one reported later counts."""
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
