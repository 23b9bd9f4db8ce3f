"""All customers' months, for those who lead the house. Each month is the customer's own."""

from datetime import datetime

from common.database import Connection
from sla.reviews import assembling
from sla.reviews.month import Month, zone_named
from sla.reviews.report import CustomerLine, Leadership
from sla.store import customers, happened, meetings, reviews
from sla.store.happened import Stretch


async def drawn_for_leaders(tx: Connection, month: Month, at: datetime) -> Leadership:
    """As things are known at `at`; the same number of statements however many customers there are."""
    everybody = await customers.present(tx)
    months = assembling.months_until(month)
    stretches = [
        Stretch(customer.id, *one.span(zone_named(customer.timezone)))
        for customer in everybody
        for one in months
    ]
    ended = iter(await happened.outcomes(tx, stretches))
    volumes = iter(await happened.volumes(tx, stretches))
    usages = [
        [assembling.usage(one, next(volumes), next(ended)) for one in months] for _ in everybody
    ]
    states = await reviews.states(tx, month)
    waiting = await meetings.waiting(tx, at.date())
    lines = [
        CustomerLine(
            customer.key,
            customer.name,
            mine[-1],
            mine[-2],
            _review(states.get(customer.id)),
            *waiting.get(customer.id, (0, 0)),
        )
        for customer, mine in zip(everybody, usages, strict=True)
    ]
    trend = [
        assembling.summed(one, (mine[place] for mine in usages)) for place, one in enumerate(months)
    ]
    return Leadership(str(month), at, tuple(lines), tuple(trend))


def _review(edition: int | None) -> str:
    if edition is None:
        return "not drawn up"
    return f"published, edition {edition}" if edition else "to be published"
