"""Reserved hours of a month: used and left, for staff and for the customer, at any time."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Page, Paging, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from sla.directory.store import directory
from sla.reports.query import FIRST, LAST
from sla.time_entries.store import reserved_hours as hours
from sla.time_entries.store.reserved_hours import Utilisation
from sla.time_entries.store.time_entries import following_month

routes = router("/v1/reports/hours", tags=["reports"])


class HoursTold(ResponseModel):
    """`used_ratio`: used of reserved; above 1 when nothing is left. `warned_at`: when both sides were
    told that four fifths are used (once a month)."""

    agreement: str
    customer: str
    month: str
    reserved_seconds: int
    used_seconds: int
    left_seconds: int
    over_seconds: int
    used_ratio: float | None
    warned_at: datetime | None


@routes.get("")
async def report_hours(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
    month: Annotated[
        str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="2026-06; else this one.")
    ] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
) -> Page[HoursTold]:
    """Agreements with reserved hours, by key, with what is booked on their tickets."""
    first = _month(month) if month else (await transaction_time(tx)).date().replace(day=1)
    wanted = caller.customer or customer
    known = None if wanted is None else await directory.find_customer(tx, wanted)
    if (customer and not caller.can_see(customer)) or (wanted is not None and known is None):
        return Page[HoursTold](items=[])
    after = page.after_as(str, str)
    found = await hours.page(
        tx,
        first,
        following_month(first),
        customer_id=known.id if known else None,
        limit=page.limit,
        after=("", "") if after is None else (after[0], after[1]),
    )
    shown = [_told(one, first) for one in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    next = encode_cursor(last.agreement, last.customer) if last else None
    return Page[HoursTold](items=shown, next=next)


def _month(month: str) -> date:
    year = int(month[:4])
    if not FIRST.year <= year < LAST.year:
        raise ValidationFailed(
            [Violation("/query/month", "range", "give a month between 1970 and 2200")]
        )
    return date(year, int(month[5:]), 1)


def _told(found: Utilisation, month: date) -> HoursTold:
    hours = found.hours
    assert hours.reserved is not None
    assert hours.left is not None
    return HoursTold(
        agreement=found.agreement,
        customer=found.customer,
        month=month.isoformat()[:7],
        reserved_seconds=round(hours.reserved.total_seconds()),
        used_seconds=round(hours.used.total_seconds()),
        left_seconds=round(hours.left.total_seconds()),
        over_seconds=round(hours.over.total_seconds()),
        used_ratio=hours.share,
        warned_at=found.warned_at,
    )
