"""Rate sheets: what an hour costs, versioned, for everybody or for one customer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.schemas import Name, id_or_key
from sla.directory.store import directory
from sla.reports.query import FIRST, LAST
from sla.time_entries.routes.time_entries import Rate
from sla.time_entries.store import rate_cards as rates
from sla.time_entries.store.rate_cards import RateSheet

routes = router("/v1/rate-cards", tags=["work"])


class RatesAsked(RequestModel):
    """`rates`: hundredths of the currency for an hour, by name. Without `customer`: for all who
    have no sheet of their own. The version before ends where this one begins."""

    customer: Name | None = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    rates: Annotated[
        dict[Rate, Annotated[int, Field(ge=0, le=100_000_000)]], Field(min_length=1, max_length=50)
    ]
    valid_from: date


class RatesTold(ResponseModel):
    """Valid on the days from `valid_from` up to, and without, `valid_until`."""

    id: UUID
    customer_id: UUID | None
    version: int
    currency: str
    rates: dict[str, int]
    valid_from: date
    valid_until: date | None
    created_by: str
    created_at: datetime


@routes.post("", status_code=201)
async def make_rates(
    asked: RatesAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("rate-cards:write")],
) -> RatesTold:
    """Days that are priced already keep their price: a sheet may begin in the past only where there
    was none."""
    customer_id: UUID | None = None
    if asked.customer is not None:
        customer = await directory.find_customer(tx, id_or_key(asked.customer))
        if customer is None:
            unknown = f"there is no customer {asked.customer!r}"
            raise ValidationFailed([Violation("/customer", "unknown", unknown)])
        customer_id = customer.id
    if not FIRST <= asked.valid_from < LAST:
        raise ValidationFailed(
            [Violation("/valid_from", "range", "give a day between 1970 and 2200")]
        )
    await rates.lock(tx)
    at = await transaction_time(tx)
    former = await rates.newest(tx, customer_id)
    if former is not None and asked.valid_from <= former.valid_from:
        raise Conflict(f"The newest sheet begins on {former.valid_from}: begin later than that.")
    if await rates.priced(tx, customer_id, asked.valid_from, at.date()):
        raise Conflict("These days are priced already. Begin today or later.")
    sheet = RateSheet(
        id=uuid7(),
        customer_id=customer_id,
        version=former.version + 1 if former else 1,
        currency=asked.currency,
        rates=asked.rates,
        valid_from=asked.valid_from,
        valid_until=None,
        created_by=caller.sub,
        created_at=at,
    )
    await rates.add(tx, sheet)
    grounds = {"customer": asked.customer, "version": sheet.version, "from": str(sheet.valid_from)}
    await record(tx, Entry(at, caller.sub, "rates.make", f"rate_sheet/{sheet.id}", grounds))
    response.headers["Location"] = "/v1/rate-cards"
    return RatesTold.model_validate(sheet)


@routes.get("")
async def list_rates(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("time-entries:read")],
) -> Page[RatesTold]:
    """All versions, in the order of their making."""
    after = page.after_as(UUID)
    found = await rates.page(tx, page.limit, after and (after[0],))
    shown = [RatesTold.model_validate(one) for one in found[: page.limit]]
    last = shown[-1] if len(found) > page.limit else None
    return Page[RatesTold](items=shown, next=encode_cursor(last.id) if last else None)
