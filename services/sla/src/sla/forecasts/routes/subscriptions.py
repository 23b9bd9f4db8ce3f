"""Subscriptions: who wants to hear of forecasts about which customer and service (R3)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, Refers, RequestModel, ResponseModel, encode_cursor, router
from common.persistence.database import Transaction, transaction_time
from common.persistence.ids import uuid7
from sla.directory.store import directory
from sla.forecasts.store import subscriptions
from sla.forecasts.store.subscriptions import Subscription

routes = router("/v1/forecast-subscriptions", tags=["forecasts"])

MAX_SUBSCRIPTIONS = 100
"""Subscriptions of one person."""
Key = Annotated[str, Field(min_length=1, max_length=100)]


class SubscriptionCreate(RequestModel):
    """What is left out means every one. `outlook`: from which on you want to hear of it."""

    customer: Annotated[Key | None, Refers("customer")] = None
    service: Annotated[Key | None, Refers("service")] = None
    outlook: Literal["at_risk", "likely_to_breach"] = "at_risk"


class SubscriptionRead(ResponseModel):
    id: UUID
    customer: Annotated[str | None, Refers("customer")]
    service: Annotated[str | None, Refers("service")]
    outlook: str
    created_at: datetime


@routes.post("", status_code=201)
async def create_subscription(
    body: SubscriptionCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("forecasts:work")],
) -> SubscriptionRead:
    """Subscribe to forecasts. The caller is notified when the forecast of such a promise changes
    its class."""
    customer = None
    if body.customer is not None:
        known_customer = await directory.find_customer(tx, body.customer)
        if known_customer is None:
            raise ValidationFailed([Violation("/customer", "unknown", "there is no such customer")])
        customer = known_customer.key
    if (
        len(await subscriptions.list_of_person(tx, caller.sub, MAX_SUBSCRIPTIONS, None))
        >= MAX_SUBSCRIPTIONS
    ):
        raise Conflict(f"You have {MAX_SUBSCRIPTIONS} subscriptions. End one first.")
    at = await transaction_time(tx)
    subscription = Subscription(uuid7(), caller.sub, customer, body.service, body.outlook, at)
    if not await subscriptions.add(tx, subscription):
        raise Conflict("You have subscribed to this already. End that one first to change it.")
    subject = f"forecast_subscription/{subscription.id}"
    grounds = {"customer": customer, "service": body.service, "outlook": body.outlook}
    entry = Entry(at, caller.sub, "forecast.subscribe", subject, grounds, caller.via_machine)
    await record(tx, entry)
    response.headers["Location"] = f"/v1/forecast-subscriptions/{subscription.id}"
    return SubscriptionRead.model_validate(subscription)


@routes.get("")
async def list_subscriptions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("forecasts:read")],
) -> Page[SubscriptionRead]:
    """List the caller's subscriptions to forecasts."""
    after = page.after_as(UUID)
    rows = await subscriptions.list_of_person(
        tx, caller.sub, page.limit, after[0] if after else None
    )
    responses = [SubscriptionRead.model_validate(one) for one in rows[: page.limit]]
    more = len(rows) > page.limit
    return Page[SubscriptionRead](
        items=responses, next=encode_cursor(responses[-1].id) if more else None
    )


@routes.delete("/{subscription_id}", status_code=204)
async def delete_subscription(
    subscription_id: UUID,
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:work")],
) -> None:
    """Delete a subscription to forecasts. Only the one who subscribed can end it."""
    if not await subscriptions.remove(tx, subscription_id, caller.sub):
        raise NotFound("This subscription")
    subject = f"forecast_subscription/{subscription_id}"
    at = await transaction_time(tx)
    await record(tx, Entry(at, caller.sub, "forecast.unsubscribe", subject, {}, caller.via_machine))
