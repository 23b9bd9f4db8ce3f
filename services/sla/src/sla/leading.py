"""All customers' months, for those who lead the house. Each month is the customer's own."""

from datetime import datetime

from common.database import Connection
from sla.outages.place import Question
from sla.reviews import assembling
from sla.reviews.month import Month
from sla.reviews.report import CustomerLine, Leadership
from sla.store import availability, customers, meetings, months, reviews


async def drawn_for_leaders(tx: Connection, month: Month, at: datetime) -> Leadership:
    """As things are known at `at`; the same number of statements however many customers there are."""
    everybody = await customers.present(tx)
    trail = assembling.months_until(month)
    usages = await months.usages(tx, trail, None)
    mine = {one.id: usages.get(one.key, assembling.nothing(trail)) for one in everybody}
    states = await reviews.states(tx, month)
    waiting = await meetings.waiting(tx, at.date())
    known = await availability.known_of_month(tx, None, month.days[0])
    up = {one.id: known.of_month(Question(one.id), month.days[0], at) for one in everybody}
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
        )
        for customer in everybody
    ]
    trend = [
        assembling.summed(one, (usages[place] for usages in mine.values()))
        for place, one in enumerate(trail)
    ]
    return Leadership(str(month), at, tuple(lines), tuple(trend))


def _review(edition: int | None) -> str:
    if edition is None:
        return "not drawn up"
    return f"published, edition {edition}" if edition else "to be published"
