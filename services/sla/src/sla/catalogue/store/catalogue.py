"""Services in their versions, and the graph of what they run on.

A writer locks the whole catalogue first (`lock`): two changes without a cycle may make one
together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, insert, select, update

from common.persistence.database import Connection
from common.persistence.keyset import page_after
from common.persistence.upsert import upsert
from sla.agreements.domain.clauses import Price
from sla.catalogue.domain.graph import NODE_KINDS, Graph, Need, Node, NodeKind, parse_node
from sla.catalogue.domain.service import Service
from sla.catalogue.tables import service_versions, services
from sla.directory.tables import customers, environments, partners


async def lock(tx: Connection) -> None:
    """Lock the catalogue until the transaction ends."""
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("catalogue", 3))))


async def load_graph(tx: Connection) -> Graph:
    """Return the graph of the services that are not retired, in their newest versions."""
    query = select(services.c.key, service_versions.c.runs_on, service_versions.c.sold_to)
    joined = query.join(service_versions, service_versions.c.id == services.c.newest)
    rows = (await tx.execute(joined.where(services.c.retired_at.is_(None)))).all()
    return Graph(
        {row.key: load_needs(row.runs_on) for row in rows},
        {row.key: frozenset(row.sold_to) for row in rows},
        await _load_owners(tx),
    )


async def add(tx: Connection, service: Service) -> None:
    """Store the next version of a service, new or existing. The catalogue is locked."""
    row = {
        "id": service.service_id,
        "key": service.key,
        "newest": service.id,
        "sequence": service.sequence,
    }
    await upsert(tx, services, row)
    await tx.execute(
        insert(service_versions).values(
            id=service.id,
            service_id=service.service_id,
            version=service.version,
            name=service.name,
            owner=service.owner,
            description=service.description,
            hours=service.hours,
            price=service.price.amount if service.price else None,
            currency=service.price.currency if service.price else None,
            sold_to=list(service.sold_to),
            runs_on=dump_needs(service.runs_on),
            created_by=service.created_by,
            created_at=service.created_at,
        )
    )


async def set_retired(tx: Connection, service_id: UUID, sequence: int, at: datetime | None) -> None:
    """Set when a service was retired; None: it is offered again. Its versions stay."""
    statement = update(services).where(services.c.id == service_id)
    await tx.execute(statement.values(retired_at=at, sequence=sequence))


async def find(
    tx: Connection, id_or_key: UUID | str, customer: str | None = None
) -> Service | None:
    """Return a version by its id, or the newest one by the service's key or id.

    `customer` (a key): only if it is sold to them.
    """
    newest = service_versions.c.id == services.c.newest
    if isinstance(id_or_key, UUID):
        by_id = (services.c.id == id_or_key) & newest
        condition = by_id | (service_versions.c.id == id_or_key)
    else:
        condition = (services.c.key == id_or_key) & newest
    query = _visible_to(customer, _select()).where(condition)
    row = (await tx.execute(query)).one_or_none()
    return _to_service(row) if row else None


async def page(
    tx: Connection, customer: str | None, limit: int, after: tuple[Any, ...] | None
) -> list[Service]:
    """List up to `limit` + 1 services in their newest versions, by key.

    `customer` (a key): only those sold to them.
    """
    query = _visible_to(customer, _select()).where(service_versions.c.id == services.c.newest)
    rows = await tx.execute(page_after(query, (services.c.key,), after, limit))
    return [_to_service(row) for row in rows]


async def advance_sequences(tx: Connection, after: str | None, limit: int) -> list[Service]:
    """Raise the sequence of the next `limit` services behind the key `after`, and return them."""
    keys = select(services.c.key).order_by(services.c.key).limit(limit)
    keys = keys if after is None else keys.where(services.c.key > after)
    changed = update(services).where(services.c.key.in_(keys.scalar_subquery()))
    await tx.execute(changed.values(sequence=services.c.sequence + 1))
    newest = _select().where(service_versions.c.id == services.c.newest)
    query = newest.where(services.c.key.in_(keys.scalar_subquery())).order_by(services.c.key)
    return [_to_service(row) for row in await tx.execute(query)]


async def list_versions(
    tx: Connection, service_id: UUID, limit: int, after: tuple[Any, ...] | None
) -> list[Service]:
    """List up to `limit` + 1 versions of a service, the newest first."""
    query, order = (
        _select().where(services.c.id == service_id),
        (service_versions.c.version.desc(),),
    )
    return [_to_service(row) for row in await tx.execute(page_after(query, order, after, limit))]


async def find_unknown_nodes(tx: Connection, nodes: Iterable[Node]) -> set[Node]:
    """Return those of the nodes that do not exist or are retired."""
    requested = set(nodes)
    known = {
        Node(kind, key)
        for kind in NODE_KINDS
        for key in await _existing_keys(tx, kind, _keys_of_kind(requested, kind))
    }
    return requested - known


async def has_service(tx: Connection, key: str) -> bool:
    """Whether the catalogue has, or had, a service with this key."""
    return await tx.scalar(select(services.c.id).where(services.c.key == key)) is not None


async def find_unknown_customers(tx: Connection, keys: Sequence[str]) -> set[str]:
    """Return those of the keys whose customer does not exist or is retired."""
    query = select(customers.c.key).where(customers.c.key.in_(keys), ~customers.c.retired)
    return set(keys) - set(await tx.scalars(query))


def _keys_of_kind(nodes: Iterable[Node], kind: NodeKind) -> list[str]:
    return [node.key for node in nodes if node.kind == kind]


async def _existing_keys(tx: Connection, kind: NodeKind, keys: Sequence[str]) -> Iterable[str]:
    if not keys:
        return ()
    column, retired = {
        "service": (services.c.key, services.c.retired_at.is_not(None)),
        "environment": (environments.c.key, environments.c.retired),
        "partner": (partners.c.key, partners.c.retired),
    }[kind]
    return await tx.scalars(select(column).where(column.in_(keys), ~retired))


async def _load_owners(tx: Connection) -> dict[str, str]:
    query = select(environments.c.key, customers.c.key.label("owner"))
    joined = query.join(customers, customers.c.id == environments.c.customer_id)
    return {row.key: row.owner for row in await tx.execute(joined)}


def _visible_to(customer: str | None, query: Select[Any]) -> Select[Any]:
    if customer is None:
        return query
    is_current = (service_versions.c.id == services.c.newest) & services.c.retired_at.is_(None)
    return query.where(is_current, service_versions.c.sold_to.contains([customer]))


def _select() -> Select[Any]:
    return select(
        service_versions, services.c.key, services.c.retired_at, services.c.sequence
    ).join(services, services.c.id == service_versions.c.service_id)


def _to_service(row: Row[Any]) -> Service:
    columns = {name: value for name, value in row._mapping.items() if name != "currency"}
    converted = {
        "price": price_of(row.price, row.currency),
        "sold_to": tuple(row.sold_to),
        "runs_on": load_needs(row.runs_on),
    }
    return Service(**{**columns, **converted})


def price_of(amount: Decimal | None, currency: str | None) -> Price | None:
    """Return the price of two columns; None where one is null."""
    return None if amount is None or currency is None else Price(amount, currency)


def load_needs(stored: Sequence[Mapping[str, Any]]) -> tuple[Need, ...]:
    """Return the needs of the column `runs_on`."""
    return tuple(Need(tuple(map(parse_node, one["any_of"])), one["at_least"]) for one in stored)


def dump_needs(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """Return the value of the column `runs_on`."""
    return [
        {"any_of": [str(node) for node in need.nodes], "at_least": need.at_least} for need in needs
    ]
