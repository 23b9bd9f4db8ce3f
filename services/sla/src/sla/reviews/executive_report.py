"""All customers' months, for those who lead the house. Each month is the customer's own."""

from datetime import datetime

from common.persistence.database import Connection
from sla.calendars.domain.month import Month
from sla.directory.store import customers
from sla.outages.domain.scope import Question
from sla.outages.store import availability
from sla.reports.store import monthly_figures
from sla.reviews.domain import assembly as assembling
from sla.reviews.domain.assembly import SECOND
from sla.reviews.domain.report import CustomerLine, Leadership
from sla.reviews.store import meetings, reviews
from sla.time_entries.store import reserved_hours as hours

MOST = 10_000
"""Accounts of reserved hours that one report adds up."""


async def drawn_for_leaders(tx: Connection, month: Month, at: datetime) -> Leadership:
    """As things are known at `at`; the same number of statements however many customers there are."""
    everybody = await customers.present(tx)
    trail = assembling.months_until(month)
    usages = await monthly_figures.usages(tx, trail, None)
    mine = {one.id: usages.get(one.key, assembling.nothing(trail)) for one in everybody}
    states = await reviews.states(tx, month)
    waiting = await meetings.waiting(tx, at.date())
    known = await availability.known_of_month(tx, None, month.first)
    up = {one.id: known.of_month(Question(one.id), month.first, at) for one in everybody}
    used = await _hours(tx, month)
    lines = [
        CustomerLine(
            customer.key,
            customer.name,
            mine[customer.id][-1],
            mine[customer.id][-2],
            _review(states.get(customer.id)),
            *waiting.get(customer.id, (0, 0)),
            availability=up[customer.id].share,
            outages=up[customer.id].failures.count,
            reserved_seconds=used.get(customer.key, (0, 0))[0],
            used_seconds=used.get(customer.key, (0, 0))[1],
        )
        for customer in everybody
    ]
    trend = [
        assembling.summed(one, (usages[place] for usages in mine.values()))
        for place, one in enumerate(trail)
    ]
    return Leadership(str(month), at, tuple(lines), tuple(trend))


async def _hours(tx: Connection, month: Month) -> dict[str, tuple[int, int]]:
    """Seconds that the month reserved for each customer, by key, and what was used of them."""
    found: dict[str, tuple[int, int]] = {}
    first, until = month.first, month.after.first
    for one in await hours.page(tx, first, until, limit=MOST):
        reserved, used = found.get(one.customer, (0, 0))
        if one.hours.reserved is not None:
            reserved += one.hours.reserved // SECOND
            found[one.customer] = reserved, used + one.hours.used // SECOND
    return found


def _review(edition: int | None) -> str:
    if edition is None:
        return "not drawn up"
    return f"published, edition {edition}" if edition else "to be published"
