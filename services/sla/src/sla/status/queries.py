"""The status: open promises, with the availability of this month beside them (R4).

Availability is computed from the month's outages, which takes a millisecond and more for each
customer and service. So it is cached for ten seconds, and computed with pauses for other work.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from common.persistence.database import Connection
from sla.agreements.domain.agreement import applicable_agreement
from sla.calendars.domain.zone import read_zone
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.availability_month import month_of
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.store import availability
from sla.status import store as status
from sla.status.domain import Status, StatusLine

CACHE_DURATION = timedelta(seconds=10)

AvailabilityFigures = tuple[float | None, float | None, bool | None]
"""Availability, the promised one, and whether it can still be kept; None where none is agreed."""


class AvailabilityCache:
    """The availability of this month, cached for ten seconds; one cache per process."""

    def __init__(self) -> None:
        self._model: AvailabilityModel | None = None
        self._ids: dict[str, UUID] = {}
        self._loaded_at: datetime | None = None
        self._figures: dict[tuple[str, str | None], AvailabilityFigures] = {}

    async def get_model(self, tx: Connection, at: datetime) -> AvailabilityModel:
        """The month's outages and agreements as they stood at most ten seconds before `at`."""
        if (
            self._model is None
            or self._loaded_at is None
            or not self._loaded_at <= at < self._loaded_at + CACHE_DURATION
        ):
            model = await availability.load_month(tx, None, at.date())
            self._model, self._loaded_at, self._figures = model, at, {}
            self._ids = {customer.key: id for id, customer in model.customers.items()}
        return self._model

    async def get(self, tx: Connection, line: StatusLine, at: datetime) -> AvailabilityFigures:
        model = await self.get_model(tx, at)
        key = (line.customer, line.service)
        if key not in self._figures:
            await asyncio.sleep(0)
            self._figures[key] = _compute_figures(
                model, self._ids.get(line.customer), line.service, at
            )
        return self._figures[key]

    def is_promised(self, line: StatusLine, at: datetime) -> bool:
        """Whether an agreement covers a ticket that is opened at `at`; after `get_model`."""
        assert self._model is not None
        id = self._ids.get(line.customer)
        covering = self._model.agreements.get(id, ()) if id is not None else ()
        return applicable_agreement(covering, line.service, at) is not None


async def load_current_status(
    tx: Connection, cache: AvailabilityCache, customer: str | None = None
) -> Status:
    """The status of all customers, or of one by key.

    It has a line for each service that a customer bought, or that has an open promise or ticket.
    """
    open_promises = await status.load_status(tx, customer)
    model = await cache.get_model(tx, open_promises.at)
    lines = []
    for line in sorted(
        (*open_promises.lines, *_lines_without_promises(model, open_promises)), key=_sort_key
    ):
        available, promised, met = await cache.get(tx, line, open_promises.at)
        is_promised = cache.is_promised(line, open_promises.at)
        with_figures = replace(line, availability=available, promised=promised, met=met)
        lines.append(replace(with_figures, is_promised=is_promised))
    return Status(open_promises.at, tuple(lines))


def _lines_without_promises(
    model: AvailabilityModel, open_promises: Status
) -> Iterator[StatusLine]:
    """Lines of services without an open promise, which may be down all the same."""
    names = {line.customer: line.name for line in open_promises.lines}
    listed_pairs = {(line.customer, line.service) for line in open_promises.lines}
    for service, customers in model.graph.sold_to.items():
        for customer in customers:
            if customer in names and (customer, service) not in listed_pairs:
                yield StatusLine(customer, names[customer], service, 0, 0, 0, 0, None)


def _compute_figures(
    model: AvailabilityModel, customer_id: UUID | None, service: str | None, at: datetime
) -> AvailabilityFigures:
    if customer_id is None:
        return None, None, None
    query = AvailabilityQuery(customer_id, service=service)
    day = month_of(at, read_zone(model.timezone(query, at.date()))).first_day
    figures = model.availability_of_month(query, day, at)
    return figures.ratio, figures.promised_ratio, figures.met


def _sort_key(line: StatusLine) -> tuple[str, str, str]:
    return line.name, line.customer, line.service or ""
