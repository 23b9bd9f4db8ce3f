"""Generates the leadership report: all customers' months, each in the customer's own zone."""

from datetime import datetime

from common.domain.durations import SECOND
from common.persistence.database import Connection
from sla.calendars.domain.month import Month, zone_or_utc
from sla.directory.store import customers
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.store import availability
from sla.reports.store import monthly_figures
from sla.reviews.domain import assembly
from sla.reviews.domain.month_end import final_at
from sla.reviews.domain.report import CustomerLine, LeadershipReport
from sla.reviews.store import meetings, reviews
from sla.time_entries.store import reserved_hours

MAX_ACCOUNTS = 10_000
"""The most accounts of reserved hours that a report adds up."""


async def generate_leadership_report(
    tx: Connection, month: Month, at: datetime
) -> LeadershipReport:
    """The report as things are known at `at`. The number of statements does not depend on the number
    of customers."""
    present_customers = await customers.list_active(tx)
    months = assembly.trend_months(month)
    usages = await monthly_figures.usages(tx, months, None)
    usages_by_customer = {
        one.id: usages.get(one.key, assembly.empty_usages(months)) for one in present_customers
    }
    states = await reviews.newest_editions(tx, month)
    action_counts = await meetings.count_unverified(tx, at.date())
    model = await availability.load_month(tx, None, month.first)
    availabilities = {
        one.id: model.availability_of_month(AvailabilityQuery(one.id), month.first, at)
        for one in present_customers
    }
    hours_by_customer = await _hours_by_customer(tx, month)
    lines = [
        CustomerLine(
            customer.key,
            customer.name,
            usages_by_customer[customer.id][-1],
            usages_by_customer[customer.id][-2],
            states.get(customer.id),
            *action_counts.get(customer.id, (0, 0)),
            availability=availabilities[customer.id].ratio,
            outages=availabilities[customer.id].failures.count,
            reserved_seconds=hours_by_customer.get(customer.key, (0, 0))[0],
            used_seconds=hours_by_customer.get(customer.key, (0, 0))[1],
        )
        for customer in present_customers
    ]
    trend = [
        assembly.sum_usages(one, (usages[index] for usages in usages_by_customer.values()))
        for index, one in enumerate(months)
    ]
    unfinished = tuple(
        one.name
        for one in present_customers
        if at < final_at(month, zone_or_utc(one.timezone), model.agreements.get(one.id, ()))
    )
    suppliers = await monthly_figures.suppliers(tx, None, month)
    return LeadershipReport(str(month), at, tuple(lines), tuple(trend), unfinished, suppliers)


async def _hours_by_customer(tx: Connection, month: Month) -> dict[str, tuple[int, int]]:
    """Reserved and used seconds of the month, by the customer's key."""
    totals: dict[str, tuple[int, int]] = {}
    first, until = month.first, month.after.first
    for utilisation in await reserved_hours.page(tx, first, until, limit=MAX_ACCOUNTS):
        reserved, used = totals.get(utilisation.customer, (0, 0))
        if utilisation.hours.reserved is not None:
            reserved += utilisation.hours.reserved // SECOND
            totals[utilisation.customer] = reserved, used + utilisation.hours.used // SECOND
    return totals
