"""The catalogue: services in their versions, and the graph of what they run on.

Whoever writes holds the whole catalogue first (`lock`): two changes that are each without a cycle
could make one together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from common.persistence.database import Connection
from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.graph import KINDS, Graph, Kind, Need, Node, node_of
from sla.catalogue.domain.service import Service
from sla.catalogue.tables import service_versions, services
from sla.directory.tables import customers, environments, partners


async def lock(tx: Connection) -> None:
    """Hold the catalogue until the end of the transaction."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("catalogue", 3))))


async def graph(tx: Connection) -> Graph:
    """The services that are not retired, as they stand now."""
    standing = select(services.c.key, service_versions.c.runs_on, service_versions.c.sold_to)
    joined = standing.join(service_versions, service_versions.c.id == services.c.newest)
    rows = (await tx.execute(joined.where(services.c.retired_at.is_(None)))).all()
    return Graph(
        {row.key: needs_of(row.runs_on) for row in rows},
        {row.key: frozenset(row.sold_to) for row in rows},
        await _owners(tx),
    )


async def add(tx: Connection, made: Service) -> None:
    """Store the next version of a service, new or known. The catalogue is locked."""
    values = {"newest": made.id, "sequence": made.sequence}
    known = upsert(services).values(id=made.service_id, key=made.key, **values)
    await tx.execute(known.on_conflict_do_update(index_elements=["id"], set_=values))
    await tx.execute(
        insert(service_versions).values(
            id=made.id,
            service_id=made.service_id,
            version=made.version,
            name=made.name,
            owner=made.owner,
            description=made.description,
            hours=made.hours,
            price=made.price.amount if made.price else None,
            currency=made.price.currency if made.price else None,
            sold_to=list(made.sold_to),
            runs_on=written(made.runs_on),
            created_by=made.created_by,
            created_at=made.created_at,
        )
    )


async def retire(tx: Connection, service_id: UUID, sequence: int, at: datetime | None) -> None:
    """Take a service out of the catalogue; None puts it back. Its versions stay."""
    mine = update(services).where(services.c.id == service_id)
    await tx.execute(mine.values(retired_at=at, sequence=sequence))


async def find(
    tx: Connection, id_or_key: UUID | str, customer: str | None = None
) -> Service | None:
    """That version by its id; by the service's key or id the newest one. `customer`: if sold."""
    newest = service_versions.c.id == services.c.newest
    if isinstance(id_or_key, UUID):
        by_id = (services.c.id == id_or_key) & newest
        wanted = by_id | (service_versions.c.id == id_or_key)
    else:
        wanted = (services.c.key == id_or_key) & newest
    found = _for(customer, _all()).where(wanted)
    row = (await tx.execute(found)).one_or_none()
    return _service(row) if row else None


async def page(
    tx: Connection, customer: str | None, limit: int, after: str | None
) -> list[Service]:
    """Up to `limit` + 1 services as they stand now, by key; `customer`: those sold to them."""
    listed = _for(customer, _all()).where(service_versions.c.id == services.c.newest)
    if after is not None:
        listed = listed.where(services.c.key > after)
    return [_service(r) for r in await tx.execute(listed.order_by(services.c.key).limit(limit + 1))]


async def versions(
    tx: Connection, service_id: UUID, limit: int, after: int | None
) -> list[Service]:
    """Up to `limit` + 1 versions, the newest first."""
    listed = _all().where(services.c.id == service_id)
    if after is not None:
        listed = listed.where(service_versions.c.version < after)
    newest = listed.order_by(service_versions.c.version.desc()).limit(limit + 1)
    return [_service(row) for row in await tx.execute(newest)]


async def unknown(tx: Connection, nodes: Iterable[Node]) -> set[Node]:
    """Those of the nodes that nobody has told of, or that are retired."""
    asked = set(nodes)
    known = {
        Node(kind, key) for kind in KINDS for key in await _known(tx, kind, _keys(asked, kind))
    }
    return asked - known


async def unknown_customers(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the keys that are no customer's, or a retired one's."""
    standing = select(customers.c.key).where(customers.c.key.in_(keys), ~customers.c.retired)
    return set(keys) - set(await tx.scalars(standing))


def _keys(nodes: Iterable[Node], kind: Kind) -> list[str]:
    return [node.key for node in nodes if node.kind == kind]


async def _known(tx: Connection, kind: Kind, keys: Sequence[str]) -> Iterable[str]:
    if not keys:
        return ()
    column, retired = {
        "service": (services.c.key, services.c.retired_at.is_not(None)),
        "environment": (environments.c.key, environments.c.retired),
        "partner": (partners.c.key, partners.c.retired),
    }[kind]
    return await tx.scalars(select(column).where(column.in_(keys), ~retired))


async def _owners(tx: Connection) -> dict[str, str]:
    owned = select(environments.c.key, customers.c.key.label("owner"))
    joined = owned.join(customers, customers.c.id == environments.c.customer_id)
    return {row.key: row.owner for row in await tx.execute(joined)}


def _for(customer: str | None, found: Select[Any]) -> Select[Any]:
    if customer is None:
        return found
    present = (service_versions.c.id == services.c.newest) & services.c.retired_at.is_(None)
    return found.where(present, service_versions.c.sold_to.contains([customer]))


def _all() -> Select[Any]:
    return select(
        service_versions, services.c.key, services.c.retired_at, services.c.sequence
    ).join(services, services.c.id == service_versions.c.service_id)


def _service(row: Row[Any]) -> Service:
    told = {name: value for name, value in row._mapping.items() if name != "currency"}
    made = {
        "price": price_of(row.price, row.currency),
        "sold_to": tuple(row.sold_to),
        "runs_on": needs_of(row.runs_on),
    }
    return Service(**{**told, **made})


def price_of(amount: Decimal | None, currency: str | None) -> Price | None:
    return None if amount is None or currency is None else Price(amount, currency)


def needs_of(told: Sequence[Mapping[str, Any]]) -> tuple[Need, ...]:
    return tuple(Need(tuple(map(node_of, one["any_of"])), one["at_least"]) for one in told)


def written(needs: Iterable[Need]) -> list[dict[str, Any]]:
    return [
        {"any_of": [str(node) for node in need.of], "at_least": need.at_least} for need in needs
    ]
