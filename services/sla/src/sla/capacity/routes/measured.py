"""Measured promises: what was actually measured against what was required, month by month."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from sla.calendars.domain.month import read_month
from sla.capacity.domain.measured import Measured
from sla.capacity.domain.series import Verdict
from sla.capacity.queries import measured
from sla.capacity.routes.series import RequiredTold
from sla.capacity.store import series

routes = router("/v1/measured-promises", tags=["reports"])

MOST = 50
"""Series of a page: each is read sample by sample."""


class MeasuredTold(ResponseModel):
    """`required` is the version that held when the month ended. `coverage`: which share of the
    expected samples came; under a half the month counts as `unmeasured`, neither kept nor broken.
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
    required: RequiredTold
    actual: float | None
    samples: int
    coverage: float | None
    verdict: Verdict


@routes.get("")
async def list_measured(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
    month: Annotated[
        str | None,
        Query(pattern=r"^(19[7-9]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])$", examples=["2026-06"]),
    ] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
) -> Page[MeasuredTold]:
    """Each promised figure in the month, in the customer's zone; the present one without a month."""
    if customer is not None and not caller.can_see(customer):
        return Page[MeasuredTold](items=[])
    after, most = page.after_as(str), min(page.limit, MOST)
    wanted = caller.customer or customer
    found = await series.page(tx, wanted, most, after[0] if after else None, promised=True)
    shown = found[:most]
    asked = read_month(month) if month else None
    found_in = await measured(tx, shown, await transaction_time(tx), asked)
    return Page[MeasuredTold](
        items=[_told(one) for one in found_in],
        next=encode_cursor(shown[-1].series.key) if len(found) > most else None,
    )


def _told(one: Measured) -> MeasuredTold:
    about = one.series
    return MeasuredTold(
        series=about.key,
        name=about.name,
        unit=about.unit,
        customer=about.customer,
        service=about.service,
        environment=about.environment,
        month=one.month,
        starts_at=one.span.since,
        ends_at=one.span.until,
        required=RequiredTold.model_validate(one.required),
        actual=one.actual,
        samples=one.samples,
        coverage=one.covered,
        verdict=one.verdict,
    )
