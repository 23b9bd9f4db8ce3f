"""The routes of rate cards: the price of an hour, versioned, for everybody or one customer."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, ValidationFailed, Violation
from common.http import Page, Paging, Refers, RequestModel, ResponseModel, Transaction, router
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from sla.calendars.domain.month import MAX_DAY, MIN_DAY
from sla.calendars.schemas import Name
from sla.directory.dependencies import get_named_customer
from sla.time_entries.routes.time_entries import RateName
from sla.time_entries.store import rate_cards
from sla.time_entries.store.rate_cards import RateCard

routes = router("/v1/rate-cards", tags=["time entries"])


class RateCardCreate(RequestModel):
    """`rates`: hundredths of the currency for an hour, by name. Without `customer`: for all customers
    without a rate card of their own. The version before ends where this one begins."""

    customer: Annotated[Name | None, Refers("customer")] = None
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    rates: Annotated[
        dict[RateName, Annotated[int, Field(ge=0, le=100_000_000)]],
        Field(min_length=1, max_length=50),
    ]
    valid_from: date


class RateCardRead(ResponseModel):
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
async def create_rate_card(
    body: RateCardCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("rate-cards:write")],
) -> RateCardRead:
    """Create a rate card. Days that are priced already keep their price: a rate card may begin in the
    past only if none was valid then."""
    customer = None if body.customer is None else await get_named_customer(tx, body.customer)
    if not MIN_DAY <= body.valid_from < MAX_DAY:
        raise ValidationFailed(
            [Violation("/valid_from", "range", "give a day between 1970 and 2200")]
        )
    await rate_cards.lock_all(tx)
    at = await transaction_time(tx)
    customer_id = customer.id if customer else None
    card = RateCard(
        id=uuid7(),
        customer_id=customer_id,
        version=await _next_version(tx, customer_id, body.valid_from, at.date()),
        currency=body.currency,
        rates=body.rates,
        valid_from=body.valid_from,
        valid_until=None,
        created_by=caller.sub,
        created_at=at,
    )
    await rate_cards.add(tx, card)
    grounds = {"customer": body.customer, "version": card.version, "from": str(card.valid_from)}
    subject = f"rate_card/{card.id}"
    await record(tx, Entry.by(caller.actor, at, "rates.make", subject, grounds))
    response.headers["Location"] = "/v1/rate-cards"
    return RateCardRead.model_validate(card)


@routes.get("")
async def list_rate_cards(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("time-entries:read")],
) -> Page[RateCardRead]:
    """List rate cards, in the order in which they were created."""
    cards = await rate_cards.page(tx, page.limit, page.after_as(UUID))
    return page.page_of(cards, RateCardRead.model_validate, lambda card: (card.id,))


async def _next_version(tx: Connection, customer_id: UUID | None, begins: date, today: date) -> int:
    """The number of a card that begins then. Raises Conflict where it would give priced days another price."""
    previous = await rate_cards.find_newest(tx, customer_id)
    if previous is not None and begins <= previous.valid_from:
        raise Conflict(
            f"The newest card begins on {previous.valid_from}: begin later than that.",
            code="CARD_TOO_EARLY",
            type="conflict",
            parameters={"day": previous.valid_from.isoformat()},
        )
    if await rate_cards.has_priced_days(tx, customer_id, begins, today):
        detail = "These days are priced already. Begin today or later."
        raise Conflict(detail, code="ALREADY_PRICED", type="conflict")
    return previous.version + 1 if previous else 1
