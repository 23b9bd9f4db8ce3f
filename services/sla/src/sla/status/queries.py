"""How everything stands now: open promises, and this month's availability beside them (R4).

Availability is reckoned from the month's outages, a millisecond and more for each customer and
service. So it is kept for ten seconds, and other work comes in between.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from common.persistence.database import Connection
from sla.calendars.domain.zone import read_zone
from sla.outages.domain.availability_model import Known
from sla.outages.domain.month import month_of
from sla.outages.domain.scope import Question
from sla.outages.store import availability
from sla.status import store as status
from sla.status.domain import Line, Status

KEPT = timedelta(seconds=10)

Share = tuple[float | None, float | None, bool | None]
"""Available, promised, and whether that can be kept still; None where nothing is promised."""


class Shares:
    """This month's availability, one for each process; `of` may be asked by several at a time."""

    def __init__(self) -> None:
        self._known: Known | None = None
        self._ids: dict[str, UUID] = {}
        self._at: datetime | None = None
        self._found: dict[tuple[str, str | None], Share] = {}

    async def known(self, tx: Connection, at: datetime) -> Known:
        """The month's outages and agreements as they stood at most ten seconds before `at`."""
        if self._known is None or self._at is None or not self._at <= at < self._at + KEPT:
            found = await availability.known_of_month(tx, None, at.date())
            self._known, self._at, self._found = found, at, {}
            self._ids = {customer.key: id for id, customer in found.customers.items()}
        return self._known

    async def of(self, tx: Connection, line: Line, at: datetime) -> Share:
        known = await self.known(tx, at)
        key = (line.customer, line.service)
        if key not in self._found:
            await asyncio.sleep(0)
            self._found[key] = _share(known, self._ids.get(line.customer), line.service, at)
        return self._found[key]


async def present(tx: Connection, shares: Shares, customer: str | None = None) -> Status:
    """Of all customers, or of one by key: a line for each service that it bought or that has an
    open promise."""
    found = await status.status(tx, customer)
    known = await shares.known(tx, found.at)
    lines = []
    for line in sorted((*found.lines, *_bought(known, found)), key=_order):
        available, promised, met = await shares.of(tx, line, found.at)
        lines.append(replace(line, availability=available, promised=promised, met=met))
    return Status(found.at, tuple(lines))


def _bought(known: Known, found: Status) -> Iterator[Line]:
    """Services of which no promise is open: they may be down all the same."""
    names = {line.customer: line.name for line in found.lines}
    there = {(line.customer, line.service) for line in found.lines}
    for service, customers in known.graph.sold_to.items():
        for customer in customers:
            if customer in names and (customer, service) not in there:
                yield Line(customer, names[customer], service, 0, 0, 0, 0, None)


def _share(known: Known, customer_id: UUID | None, service: str | None, at: datetime) -> Share:
    if customer_id is None:
        return None, None, None
    question = Question(customer_id, service=service)
    day = month_of(at, read_zone(known.zone(question, at.date()))).day
    found = known.of_month(question, day, at)
    return found.share, found.promised, found.met


def _order(line: Line) -> tuple[str, str, str]:
    return line.name, line.customer, line.service or ""
