"""Availability of a month: the figure, and the arithmetic behind it to the second (C12)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Instant, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.domain.zone import read_zone
from sla.calendars.schemas import id_or_key
from sla.directory.store import directory
from sla.outages.chart import picture
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import Known
from sla.outages.domain.month import FIRST, LAST, month_of
from sla.outages.domain.scope import Question
from sla.outages.schemas.availability import AvailabilityTold, Name, told
from sla.outages.store import availability

routes = router("/v1/availability", tags=["outages"])


class Asking:
    """What is asked; all of it may be left out, `month` is the present one then."""

    def __init__(
        self,
        customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
        environment: Annotated[str | None, Query(max_length=100)] = None,
        service: Annotated[str | None, Query(max_length=100)] = None,
        month: Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")] = None,
        as_known_at: Annotated[
            Instant | None, Query(description="By what was known then (A5).")
        ] = None,
    ) -> None:
        self.customer = customer
        self.environment = environment
        self.service = service
        self.month = None if month is None else _first_of(month)
        self.as_known_at = as_known_at


@routes.get("")
async def show_availability(
    tx: Transaction,
    asked: Annotated[Asking, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
) -> AvailabilityTold:
    """1 - downtime outside agreed maintenance / agreed service time, over the month in the
    agreement's zone, met or not against what was promised.

    Without an environment only production counts. Without a service a second is down in which any
    service was.
    """
    found, name, zone = await _answered(tx, asked, caller)
    return told(found, name, zone)


@routes.get("/chart.svg", response_class=Response)
async def draw_availability(
    tx: Transaction,
    asked: Annotated[Asking, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
) -> Response:
    """The month as a picture, one strip per day."""
    found, name, zone = await _answered(tx, asked, caller)
    drawn = picture(found, read_zone(zone), f"Availability of {name}, {name.month:%B %Y}, {zone}")
    return Response(drawn, media_type="image/svg+xml")


async def _answered(
    tx: Connection, asked: Asking, caller: Caller
) -> tuple[Availability, Name, str]:
    question, customer = await _question(tx, asked, caller)
    now = await transaction_time(tx)
    seen_at = min(asked.as_known_at or now, now)
    whose: set[UUID] | None = None if question.customer_id is None else {question.customer_id}
    day = asked.month or seen_at.date().replace(day=1)
    known = await availability.known_of_month(tx, whose, day, asked.as_known_at)
    day = asked.month or _present(known, question, day, seen_at)
    found = known.of_month(question, day, seen_at)
    name = Name(customer, asked.environment, asked.service, day)
    return found, name, known.zone(question, day)


def _present(known: Known, question: Question, day: date, now: datetime) -> date:
    """The month that it is now in the agreement's zone."""
    return month_of(now, read_zone(known.zone(question, day))).day


async def _question(tx: Connection, asked: Asking, caller: Caller) -> tuple[Question, str | None]:
    """Raises NotFound for what the caller may not see or nobody has told of."""
    customer = asked.customer or caller.customer
    environment = None
    if asked.environment is not None:
        environment = await directory.find_environment(tx, asked.environment)
        if environment is None or customer not in (None, environment.customer.key):
            raise NotFound("This environment")
        customer = environment.customer.key
    if customer is None:
        return Question(None, None, asked.service), None
    found = await directory.find_customer(tx, id_or_key(customer))
    if found is None or not caller.can_see(found.key):
        raise NotFound("This customer")
    return Question(found.id, asked.environment, asked.service), found.key


def _first_of(month: str) -> date:
    year, number = map(int, month.split("-"))
    if not FIRST.year <= year <= LAST.year:
        said = f"availability reaches from {FIRST:%Y-%m} to {LAST:%Y-%m}"
        raise ValidationFailed([Violation("/query/month", "out_of_range", said)])
    return date(year, number, 1)
