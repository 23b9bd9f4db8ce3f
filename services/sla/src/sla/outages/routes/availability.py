"""HTTP in: the availability of a month, with every figure that it is computed from (C12)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from common.auth import Caller, requires
from common.errors import NotFound, ValidationFailed, Violation
from common.http import Instant, Refers, Transaction, router
from common.persistence.database import Connection, transaction_time
from sla.calendars.domain.zone import read_zone
from sla.directory.dependencies import get_visible_customer
from sla.directory.fields import CustomerFilter
from sla.directory.store import directory
from sla.outages.chart import render_svg
from sla.outages.domain.availability import Availability
from sla.outages.domain.availability_model import AvailabilityModel
from sla.outages.domain.availability_month import FIRST_MONTH, LAST_MONTH, month_of
from sla.outages.domain.scope import AvailabilityQuery
from sla.outages.schemas.availability import AvailabilityRead, AvailabilitySubject, to_response
from sla.outages.store import availability
from sla.rendering.theme_parameter import Theme

routes = router("/v1/availability", tags=["outages"])


class AvailabilityParams:
    """The query; every parameter is optional, `month` is the present one by default."""

    def __init__(
        self,
        customer: CustomerFilter = None,
        environment: Annotated[str | None, Query(max_length=100), Refers("environment")] = None,
        service: Annotated[str | None, Query(max_length=100), Refers("service")] = None,
        month: Annotated[str | None, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")] = None,
        as_known_at: Annotated[
            Instant | None, Query(description="With the outages as they were known then.")
        ] = None,
    ) -> None:
        self.customer = customer
        self.environment = environment
        self.service = service
        self.month = None if month is None else _parse_month(month)
        self.as_known_at = as_known_at


@routes.get("")
async def get_availability(
    tx: Transaction,
    params: Annotated[AvailabilityParams, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
) -> AvailabilityRead:
    """Get the availability of a month, and whether it meets the promise.

    It is 1 - downtime outside agreed maintenance / agreed service time, over the month in the time
    zone of the agreement. Without an environment only production counts. Without a service a second
    counts as down in which any service was down.
    """
    figures, subject, zone = await _compute_figures(tx, params, caller)
    return to_response(figures, subject, zone)


@routes.get("/chart.svg", response_class=Response)
async def get_availability_svg(
    tx: Transaction,
    params: Annotated[AvailabilityParams, Depends()],
    caller: Annotated[Caller, requires("outages:read")],
    theme: Theme = "light",
) -> Response:
    """Render the availability of a month as SVG, one strip per day."""
    figures, subject, zone = await _compute_figures(tx, params, caller)
    svg = render_svg(
        figures, read_zone(zone), f"Availability of {subject}, {subject.month:%B %Y}, {zone}", theme
    )
    return Response(svg, media_type="image/svg+xml")


async def _compute_figures(
    tx: Connection, params: AvailabilityParams, caller: Caller
) -> tuple[Availability, AvailabilitySubject, str]:
    query, customer = await _resolve_query(tx, params, caller)
    now = await transaction_time(tx)
    as_of = min(params.as_known_at or now, now)
    customer_ids: set[UUID] | None = None if query.customer_id is None else {query.customer_id}
    day = params.month or as_of.date().replace(day=1)
    model = await availability.load_month(tx, customer_ids, day, params.as_known_at)
    _check_service(model, query, caller)
    day = params.month or _current_month(model, query, day, as_of)
    figures = model.availability_of_month(query, day, as_of)
    subject = AvailabilitySubject(customer, params.environment, params.service, day)
    return figures, subject, model.timezone(query, day)


def _current_month(
    model: AvailabilityModel, query: AvailabilityQuery, day: date, now: datetime
) -> date:
    """Return the present month in the time zone of the agreement."""
    return month_of(now, read_zone(model.timezone(query, day))).first_day


async def _resolve_query(
    tx: Connection, params: AvailabilityParams, caller: Caller
) -> tuple[AvailabilityQuery, str | None]:
    """Build the query. Raises NotFound for what does not exist or the caller may not see."""
    # The customer first: another's environment must not be answered otherwise than an unknown one.
    name = params.customer or caller.customer
    customer = None if name is None else await get_visible_customer(tx, name, caller)
    if params.environment is not None:
        environment = await directory.find_environment(tx, params.environment)
        if environment is None or customer not in (None, environment.customer):
            raise NotFound("This environment")
        customer = environment.customer
    if customer is None:
        return AvailabilityQuery(None, None, params.service), None
    return AvailabilityQuery(customer.id, params.environment, params.service), customer.key


def _check_service(model: AvailabilityModel, query: AvailabilityQuery, caller: Caller) -> None:
    """Raise NotFound for a service that a customer's contact does not know: unknown, or not theirs."""
    if caller.customer is None or query.customer_id is None or query.service is None:
        return
    buyers = model.graph.sold_to.get(query.service)
    is_offered = buyers is not None and (not buyers or caller.customer in buyers)
    agreements = model.agreements.get(query.customer_id, ())
    if not is_offered and not any(query.service in one.services for one in agreements):
        raise NotFound("This service")


def _parse_month(month: str) -> date:
    year, number = map(int, month.split("-"))
    if not FIRST_MONTH.year <= year <= LAST_MONTH.year:
        detail = f"give a month from {FIRST_MONTH:%Y-%m} to {LAST_MONTH:%Y-%m}"
        raise ValidationFailed([Violation("/query/month", "out_of_range", detail)])
    return date(year, number, 1)
