"""HTTP in: measured promises, what was measured compared with what was promised, by month."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from common.auth import Caller, requires
from common.http import Page, Paging, ResponseModel, Transaction, encode_cursor, router
from common.persistence.database import transaction_time
from sla.calendars.domain.month import check_month, parse_month
from sla.capacity.domain.measured import Measurement
from sla.capacity.domain.series import Verdict
from sla.capacity.queries import load_measurements
from sla.capacity.schemas import MeasuredPromiseRead
from sla.capacity.store import series
from sla.directory.fields import CustomerFilter

routes = router("/v1/measured-promises", tags=["reports"])

MAX_PAGE_SERIES = 50
"""Series of a page, because every sample of each is read."""


class MeasurementRead(ResponseModel):
    """`required` is the version of the promise valid at the end of the month. `coverage` is the
    share of the expected samples that were received; below one half the month is `unmeasured`.
    """

    series: str
    name: str
    unit: str
    customer: str | None
    service: str | None
    environment: str | None
    month: str
    starts_at: datetime
    ends_at: datetime
    required: MeasuredPromiseRead
    actual: float | None
    samples: int
    coverage: float | None
    verdict: Verdict


@routes.get("")
async def list_measurements(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
    month: Annotated[
        str | None,
        AfterValidator(check_month),
        Query(pattern=r"^(19[7-9][0-9]|20[0-9][0-9])-(0[1-9]|1[0-2])$", examples=["2026-06"]),
    ] = None,
    customer: CustomerFilter = None,
) -> Page[MeasurementRead]:
    """List the measured promises of a month, by default the present one.

    Months are in the customer's time zone.
    """
    if customer is not None and not caller.can_see(customer):
        return Page[MeasurementRead](items=[])
    after, limit = page.after_as(str), min(page.limit, MAX_PAGE_SERIES)
    customer_key = caller.customer or customer
    rows = await series.page(tx, customer_key, limit, after, only_promised=True)
    page_rows = rows[:limit]
    requested_month = parse_month(month) if month else None
    measurements = await load_measurements(
        tx, page_rows, await transaction_time(tx), requested_month
    )
    return Page[MeasurementRead](
        items=[_to_response(one) for one in measurements],
        next=encode_cursor(page_rows[-1].series.key) if len(rows) > limit else None,
    )


def _to_response(measurement: Measurement) -> MeasurementRead:
    definition = measurement.series
    return MeasurementRead(
        series=definition.key,
        name=definition.name,
        unit=definition.unit,
        customer=definition.customer,
        service=definition.service,
        environment=definition.environment,
        month=measurement.month,
        starts_at=measurement.span.since,
        ends_at=measurement.span.until,
        required=MeasuredPromiseRead.model_validate(measurement.promise),
        actual=measurement.actual,
        samples=measurement.samples,
        coverage=measurement.coverage_ratio,
        verdict=measurement.verdict,
    )
