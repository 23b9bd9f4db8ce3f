"""Loads the data from which availability is computed, once for any number of queries (C12).

model = await availability.load_month(tx, {customer_id}, date(2026, 6, 1))
model.availability_of_month(AvailabilityQuery(customer_id, service="billing"), day, now)
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from common.persistence.database import Connection
from sla.agreements.store import agreements
from sla.calendars import store as calendars
from sla.calendars.domain.zone import EPOCH, zone_names
from sla.catalogue.store import catalogue
from sla.directory.tables import customers
from sla.outages.domain.agreement_interval import Customer
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import DEFAULT_TIMEZONE, AvailabilityModel
from sla.outages.domain.availability_month import next_month
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.domain.target import calendar_ids_of
from sla.outages.store import maintenance, outages

DAY = timedelta(days=1)


async def compute(
    tx: Connection, query: AvailabilityQuery, start: datetime, end: datetime, now: datetime
) -> Availability:
    """Compute the availability of `[start, end)` as of `now`. Raises OutOfRange."""
    customer_ids = None if query.customer_id is None else {query.customer_id}
    return (await load(tx, customer_ids, start, end)).availability(query, start, end, now)


async def load_month(
    tx: Connection,
    customer_ids: Collection[UUID] | None,
    day: date,
    known_at: datetime | None = None,
) -> AvailabilityModel:
    """Load the data of a month in any time zone: of these customers; None: of all."""
    first = day.replace(day=1)
    start = EPOCH + (first - EPOCH.date())
    end = EPOCH + (next_month(first) - EPOCH.date())
    return await load(tx, customer_ids, start - DAY, end + DAY, known_at)


async def load(
    tx: Connection,
    customer_ids: Collection[UUID] | None,
    start: datetime,
    end: datetime,
    known_at: datetime | None = None,
) -> AvailabilityModel:
    """Load the data of `[start, end)` of these customers; None: of all.

    `known_at`: with the outages as they were known then. Agreements and maintenance are agreed
    before the time that they apply to, so they need no such parameter.
    """
    customers_by_id = await _load_customers(tx, customer_ids)
    agreements_by_customer = await agreements.list_binding(tx, customers_by_id.keys())
    calendar_ids = {
        id
        for several in agreements_by_customer.values()
        for one in several
        for id in calendar_ids_of(one)
    }
    return AvailabilityModel(
        await outages.list_touching(tx, customer_ids, start, end, known_at),
        await maintenance.list_touching(tx, customer_ids, start, end),
        agreements_by_customer,
        await calendars.load_timetables(tx, calendar_ids),
        customers_by_id,
        await catalogue.load_graph(tx),
    )


async def _load_customers(
    tx: Connection, customer_ids: Collection[UUID] | None
) -> dict[UUID, Customer]:
    query = select(customers.c.id, customers.c.key, customers.c.timezone)
    if customer_ids is not None:
        query = query.where(customers.c.id.in_(customer_ids))
    known_zones = zone_names()
    return {
        row.id: Customer(row.key, row.timezone if row.timezone in known_zones else DEFAULT_TIMEZONE)
        for row in await tx.execute(query)
    }
