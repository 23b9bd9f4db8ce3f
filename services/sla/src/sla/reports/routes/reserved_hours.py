"""The report on the reserved hours of a month, used and left."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Page, Paging, ResponseModel, Transaction, router
from common.persistence.database import transaction_time
from sla.calendars.domain.month import MAX_DAY, MIN_DAY
from sla.directory.fields import CustomerFilter
from sla.directory.store import directory
from sla.time_entries.store import reserved_hours
from sla.time_entries.store.reserved_hours import Utilisation
from sla.time_entries.store.time_entries import next_month

routes = router("/v1/reports/hours", tags=["reports"])


class ReservedHoursRead(ResponseModel):
    """`used_ratio`: the used share, above 1 once the hours are exceeded. `warned_at`: when both sides
    were warned that four fifths are used (once a month). `booked_seconds`: what approved changes are planned
    to take, done already or not."""

    agreement: str
    customer: str
    month: str
    reserved_seconds: int
    used_seconds: int
    remaining_seconds: int
    overrun_seconds: int
    used_ratio: float | None
    warned_at: datetime | None
    booked_seconds: int


@routes.get("")
async def list_reserved_hours(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
    month: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="2026-06; else this one."),
    ] = None,
    customer: CustomerFilter = None,
) -> Page[ReservedHoursRead]:
    """Report reserved hours and how much of them is left, by the agreement's key."""
    first = _parse_month(month) if month else (await transaction_time(tx)).date().replace(day=1)
    customer_key = caller.customer or customer
    found_customer = (
        None if customer_key is None else await directory.find_customer(tx, customer_key)
    )
    if (customer and not caller.can_see(customer)) or (
        customer_key is not None and found_customer is None
    ):
        return Page[ReservedHoursRead](items=[])
    rows = await reserved_hours.page(
        tx,
        first,
        next_month(first),
        customer_id=found_customer.id if found_customer else None,
        limit=page.limit,
        after=page.after_as(str, str) or ("", ""),
    )
    return page.page_of(
        rows, lambda one: _to_response(one, first), lambda one: (one.agreement, one.customer)
    )


def _parse_month(month: str) -> date:
    year = int(month[:4])
    if not MIN_DAY.year <= year < MAX_DAY.year:
        raise ValidationFailed(
            [Violation("/query/month", "range", "give a month between 1970 and 2200")]
        )
    return date(year, int(month[5:]), 1)


def _to_response(utilisation: Utilisation, month: date) -> ReservedHoursRead:
    hours = utilisation.hours
    assert hours.reserved is not None
    assert hours.remaining is not None
    return ReservedHoursRead(
        agreement=utilisation.agreement,
        customer=utilisation.customer,
        month=month.isoformat()[:7],
        reserved_seconds=round(hours.reserved.total_seconds()),
        used_seconds=round(hours.used.total_seconds()),
        remaining_seconds=round(hours.remaining.total_seconds()),
        overrun_seconds=round(hours.overrun.total_seconds()),
        used_ratio=hours.used_ratio,
        warned_at=utilisation.warned_at,
        booked_seconds=round(utilisation.booked.total_seconds()),
    )
