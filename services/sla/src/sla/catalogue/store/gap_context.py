"""Loads everything in which gaps are searched."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from common.persistence.database import Connection
from sla.agreements.domain.agreement import Agreement
from sla.agreements.domain.clauses import Price
from sla.agreements.store.version_rows import agreement_from_row, select_versions
from sla.agreements.tables import agreement_versions as versions
from sla.calendars import store as calendars
from sla.catalogue.domain.gap import GapContext
from sla.catalogue.domain.graph import Node
from sla.catalogue.store import catalogue
from sla.catalogue.tables import service_versions, services
from sla.directory.tables import customers, environments, partners


async def load_gap_context(tx: Connection, at: datetime) -> GapContext:
    """Load the context of gaps at the instant `at`."""
    graph = await catalogue.load_graph(tx)
    owners, prices = await _load_offered_services(tx)
    contracts = await _load_contracts(tx, at)
    named = {id for one in contracts for id in (one.calendar, *one.calendars.values())}
    return GapContext(
        at,
        graph,
        await _load_customers(tx),
        await _load_environments(tx),
        owners,
        prices,
        contracts,
        await _load_retired_nodes(tx),
        await calendars.get_numbers(tx, named),
        await calendars.get_followed_numbers(tx),
    )


async def _load_customers(tx: Connection) -> dict[UUID, str]:
    query = select(customers.c.id, customers.c.key).where(~customers.c.retired)
    return {row.id: row.key for row in await tx.execute(query.order_by(customers.c.key))}


async def _load_environments(tx: Connection) -> dict[str, UUID]:
    query = select(environments.c.key, environments.c.customer_id).where(~environments.c.retired)
    return {
        row.key: row.customer_id for row in await tx.execute(query.order_by(environments.c.key))
    }


async def _load_offered_services(tx: Connection) -> tuple[dict[str, str], dict[str, Price]]:
    """Return owners and list prices, by service."""
    query = select(
        services.c.key,
        service_versions.c.owner,
        service_versions.c.price,
        service_versions.c.currency,
    ).join(service_versions, service_versions.c.id == services.c.newest)
    rows = (await tx.execute(query.where(services.c.retired_at.is_(None)))).all()
    list_prices = {row.key: catalogue.price_of(row.price, row.currency) for row in rows}
    prices = {key: price for key, price in list_prices.items() if price is not None}
    return {row.key: row.owner for row in rows}, prices


async def _load_contracts(tx: Connection, at: datetime) -> tuple[Agreement, ...]:
    """Return all binding versions that are valid now or later."""
    not_ended = or_(versions.c.valid_until.is_(None), versions.c.valid_until > at)
    query = select_versions().where(versions.c.published_at.is_not(None), not_ended)
    agreements = [agreement_from_row(row) for row in await tx.execute(query)]
    return tuple(one for one in agreements if one.valid_until is None or one.valid_until > at)


async def _load_retired_nodes(tx: Connection) -> frozenset[Node]:
    environment_keys = await tx.scalars(select(environments.c.key).where(environments.c.retired))
    partner_keys = await tx.scalars(select(partners.c.key).where(partners.c.retired))
    return frozenset(
        [
            *(Node("environment", key) for key in environment_keys),
            *(Node("partner", key) for key in partner_keys),
        ]
    )
