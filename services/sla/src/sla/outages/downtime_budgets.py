"""The downtime that a month allows: people are told while there is still some left (R3).

A budget is that of one agreement, customer and month. It is looked at when an outage of the customer
has changed, and while one lasts, at the very instant at which the next share is used up.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from common.events.outages import DowntimeBudgetThresholdReached
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection
from common.scheduling.deadlines import Deadline, Due, schedule
from sla.agreements.store import agreements
from sla.outages.domain.availability import Agreed, Availability
from sla.outages.domain.availability_model import Known
from sla.outages.domain.downtime_budget import SHARES, crossing, reached
from sla.outages.domain.month import following
from sla.outages.domain.outage import whole
from sla.outages.domain.scope import Place, Question
from sla.outages.store import availability, budgets
from sla.outages.store.budgets import Budget

KIND = "budget"
"""The kind of deadline at which a budget's next share is used up, or its month is over."""
SECOND = timedelta(seconds=1)
OLDEST = timedelta(days=400)
"""Months further back are history: the figures are corrected, and nobody is warned of them."""


async def keep_budgets(
    tx: Connection, place: Place, start: datetime, end: datetime, at: datetime
) -> None:
    """Have the budgets looked at that an outage at the place, in `[start, end)`, may have used.

    Not at once: of an outage that is heard of late, the end may be the very next event. The timer
    waits until what is unheard is heard, and looks once, however many alerts a storm brings.
    """
    promised = await agreements.published(tx, await _whose(tx, place))
    wanted = [
        (agreement, customer_id, day)
        for customer_id, several in promised.items()
        for agreement in sorted({one.key for one in several if one.availability is not None})
        for day in _months(max(start, at - OLDEST), end)
    ]
    held = [await budgets.hold(tx, *one) for one in sorted(wanted)]
    await schedule(tx, [Deadline(KIND, budget.id, at) for budget in held])


async def _whose(tx: Connection, place: Place) -> Collection[UUID]:
    if place.customer_id is not None:
        return [place.customer_id]
    return await budgets.customers(tx)


def _months(start: datetime, end: datetime) -> Iterator[date]:
    """The months that it may lie in, wherever on earth they begin."""
    day, last = (start - timedelta(days=1)).date().replace(day=1), (end + timedelta(days=1)).date()
    while day <= last:
        yield day
        day = following(day)


async def _look_at_all(tx: Connection, held: Sequence[Budget], at: datetime) -> None:
    """Tell what of these budgets, whose rows are locked, is used up, and arm what comes next."""
    for day in sorted({budget.month for budget in held}):
        mine = [budget for budget in held if budget.month == day]
        # Loaded after the locks, all customers of a month at once.
        found = await availability.known_of_month(tx, {one.customer_id for one in mine}, day)
        for budget in mine:
            await _look_at(tx, budget, found, at)


async def _look_at(tx: Connection, budget: Budget, found: Known, at: datetime) -> None:
    question = Question(budget.customer_id, agreement=budget.agreement)
    lasts = found.month(question, budget.month)
    stands = found.availability(question, lasts.start, lasts.end, at)
    agreed = found.agreed(found.held(question, lasts.start, lasts.end))
    fresh = [share for share in reached(stands) if share not in budget.told]
    if fresh:
        budget = await _tell(tx, budget, fresh, (agreed, stands, found), at)
    next_at = _next(budget, found, question, at)
    await schedule(tx, [Deadline(KIND, budget.id, next_at)])


async def _tell(
    tx: Connection,
    budget: Budget,
    fresh: Sequence[float],
    known: tuple[Sequence[Agreed], Availability, Known],
    at: datetime,
) -> Budget:
    agreed, stands, found = known
    assert stands.budget is not None
    assert stands.promised is not None
    for share in fresh:
        reached_at = crossing(agreed, stands, share) or stands.until
        budget = replace(budget, sequence=budget.sequence + 1, told=(*budget.told, share))
        event = DowntimeBudgetThresholdReached(
            at=at,
            budget_id=budget.id,
            agreement=budget.agreement,
            customer_id=budget.customer_id,
            customer=found.customers[budget.customer_id].key,
            month=budget.month.isoformat(),
            threshold=share,
            reached_at=reached_at,
            promised=stands.promised,
            budget_seconds=stands.budget // SECOND,
            down_seconds=stands.judged // SECOND,
        )
        await budgets.warn(tx, budget, share, reached_at, at)
        await publish(tx, OutboxEvent(event, budget.sequence))
    return budget


def _next(budget: Budget, found: Known, question: Question, at: datetime) -> datetime | None:
    """When to look again: where what is down stays down, the next share is used up then; at the
    latest when the month is over, because the next one has a budget of its own."""
    lasts = found.month(question, budget.month)
    if at >= lasts.end or not found.lasting(question):
        return None
    agreed = found.agreed(found.held(question, lasts.start, lasts.end))
    ahead = found.availability(question, lasts.start, lasts.end, lasts.end)
    following_share = next((share for share in SHARES if share not in budget.told), None)
    at_share = following_share and crossing(agreed, ahead, following_share)
    return _next_second(at_share) if at_share else lasts.end


def _next_second(at: datetime) -> datetime:
    """What is counted is whole seconds: a share within one is used up at its end."""
    return at if at == whole(at) else whole(at) + SECOND


async def on_budgets_due(tx: Connection, due: Sequence[Due], at: datetime) -> None:
    """A share is used up, or a month is over while something is still down."""
    held = await budgets.load(tx, [one.subject for one in due])
    over = [
        await budgets.hold(tx, budget.agreement, budget.customer_id, following(budget.month))
        for budget in held
        if at >= await _end_of(tx, budget)
    ]
    await _look_at_all(tx, [*held, *over], at)


async def _end_of(tx: Connection, budget: Budget) -> datetime:
    found = await availability.known_of_month(tx, {budget.customer_id}, budget.month)
    return found.month(Question(budget.customer_id, agreement=budget.agreement), budget.month).end
