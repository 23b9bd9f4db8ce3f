"""Everything that gaps are looked for in, as it stands now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Price
from sla.agreements.store.version_rows import agreement_of, selected
from sla.agreements.tables import agreement_versions as versions
from sla.catalogue.domain.gap import Standing
from sla.catalogue.domain.graph import Node
from sla.catalogue.store import catalogue
from sla.catalogue.tables import service_versions, services
from sla.directory.tables import customers, environments, partners


async def standing(tx: Connection, at: datetime) -> Standing:
    graph = await catalogue.graph(tx)
    owners, prices = await _offered(tx)
    return Standing(
        at,
        graph,
        await _customers(tx),
        await _environments(tx),
        owners,
        prices,
        await _contracts(tx, at),
        await _retired(tx),
    )


async def _customers(tx: Connection) -> dict[UUID, str]:
    kept = select(customers.c.id, customers.c.key).where(~customers.c.retired)
    return {row.id: row.key for row in await tx.execute(kept.order_by(customers.c.key))}


async def _environments(tx: Connection) -> dict[str, UUID]:
    kept = select(environments.c.key, environments.c.customer_id).where(~environments.c.retired)
    return {row.key: row.customer_id for row in await tx.execute(kept.order_by(environments.c.key))}


async def _offered(tx: Connection) -> tuple[dict[str, str], dict[str, Price]]:
    """Owners and list prices by service."""
    kept = select(
        services.c.key,
        service_versions.c.owner,
        service_versions.c.price,
        service_versions.c.currency,
    ).join(service_versions, service_versions.c.id == services.c.newest)
    rows = (await tx.execute(kept.where(services.c.retired_at.is_(None)))).all()
    listed = {row.key: catalogue.price_of(row.price, row.currency) for row in rows}
    prices = {key: price for key, price in listed.items() if price is not None}
    return {row.key: row.owner for row in rows}, prices


async def _contracts(tx: Connection, at: datetime) -> tuple[Agreement, ...]:
    """All binding versions that hold now or later."""
    lasting = or_(versions.c.valid_until.is_(None), versions.c.valid_until > at)
    binding = selected().where(versions.c.published_at.is_not(None), lasting)
    found = [agreement_of(row) for row in await tx.execute(binding)]
    return tuple(one for one in found if one.valid_until is None or one.valid_until > at)


async def _retired(tx: Connection) -> frozenset[Node]:
    gone = await tx.scalars(select(environments.c.key).where(environments.c.retired))
    left = await tx.scalars(select(partners.c.key).where(partners.c.retired))
    return frozenset(
        [*(Node("environment", key) for key in gone), *(Node("partner", key) for key in left)]
    )
