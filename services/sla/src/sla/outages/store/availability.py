"""Loads what is needed to answer for availability: once for any number of questions (C12).

found = await availability.known(tx, {customer_id}, start, end)
found.of_month(Question(customer_id, service="billing"), date(2026, 6, 1), now)
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
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import NOWHERE, Customer, Known
from sla.outages.domain.month import following
from sla.outages.domain.scope import Question
from sla.outages.domain.target import calendars_of
from sla.outages.store import maintenance, outages

DAY = timedelta(days=1)


async def of(
    tx: Connection, question: Question, start: datetime, end: datetime, now: datetime
) -> Availability:
    """The availability of `[start, end)` as it stands at `now`. Raises OutOfRange."""
    asked = None if question.customer_id is None else {question.customer_id}
    return (await known(tx, asked, start, end)).availability(question, start, end, now)


async def of_month(tx: Connection, question: Question, day: date, now: datetime) -> Availability:
    """The availability of the month of that date, in the agreement's zone."""
    asked = None if question.customer_id is None else {question.customer_id}
    return (await known_of_month(tx, asked, day)).of_month(question, day, now)


async def known_of_month(
    tx: Connection,
    asked: Collection[UUID] | None,
    day: date,
    known_at: datetime | None = None,
) -> Known:
    """What to know of a month, wherever on earth it begins."""
    first = day.replace(day=1)
    start = EPOCH + (first - EPOCH.date())
    end = EPOCH + (following(first) - EPOCH.date())
    return await known(tx, asked, start - DAY, end + DAY, known_at)


async def known(
    tx: Connection,
    asked: Collection[UUID] | None,
    start: datetime,
    end: datetime,
    known_at: datetime | None = None,
) -> Known:
    """What to know of `[start, end)` for these customers; None: for all.

    `known_at`: the outages as they were known then. Agreements and maintenance bind from the moment
    at which they are agreed, so what holds for a period was known before it.
    """
    whose = await _customers(tx, asked)
    promised = await agreements.published(tx, whose.keys())
    used = {id for several in promised.values() for one in several for id in calendars_of(one)}
    return Known(
        await outages.touching(tx, asked, start, end, known_at),
        await maintenance.touching(tx, asked, start, end),
        promised,
        await calendars.timetables(tx, used),
        whose,
        await catalogue.graph(tx),
    )


async def _customers(tx: Connection, asked: Collection[UUID] | None) -> dict[UUID, Customer]:
    listed = select(customers.c.id, customers.c.key, customers.c.timezone)
    if asked is not None:
        listed = listed.where(customers.c.id.in_(asked))
    known_zones = zone_names()
    return {
        row.id: Customer(row.key, row.timezone if row.timezone in known_zones else NOWHERE)
        for row in await tx.execute(listed)
    }
