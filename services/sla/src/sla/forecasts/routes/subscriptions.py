"""HTTP in: subscriptions to forecasts, by customer and service (R3)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound
from common.http import (
    Page,
    Paging,
    Refers,
    RequestModel,
    ResponseModel,
    Transaction,
    router,
)
from common.http.fields import KeyRef
from common.persistence.database import transaction_time
from common.persistence.ids import uuid7
from sla.directory.dependencies import get_named_customer
from sla.forecasts.store import subscriptions
from sla.forecasts.store.subscriptions import Subscription
from sla.path_parameters import SubscriptionId

routes = router("/v1/forecast-subscriptions", tags=["forecasts"])

MAX_SUBSCRIPTIONS = 100
"""Subscriptions of one person."""


class SubscriptionCreate(RequestModel):
    """Without `customer` or `service`: of all. `outlook`: this one or a worse one."""

    customer: Annotated[KeyRef | None, Refers("customer")] = None
    service: Annotated[KeyRef | None, Refers("service")] = None
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
    """Subscribe to forecasts. The caller is notified when the outlook of such a promise changes."""
    customer = None
    if body.customer is not None:
        customer = (await get_named_customer(tx, body.customer)).key
    existing = await subscriptions.list_of_person(tx, caller.sub, MAX_SUBSCRIPTIONS, None)
    if len(existing) >= MAX_SUBSCRIPTIONS:
        detail = f"You have {MAX_SUBSCRIPTIONS} subscriptions. End one first."
        raise Conflict(detail, code="TOO_MANY_SUBSCRIPTIONS", type="conflict")
    at = await transaction_time(tx)
    subscription = Subscription(uuid7(), caller.sub, customer, body.service, body.outlook, at)
    if not await subscriptions.add(tx, subscription):
        detail = "You have subscribed to this already. End that one first to change it."
        raise Conflict(detail, code="ALREADY_SUBSCRIBED", type="conflict")
    subject = f"forecast_subscription/{subscription.id}"
    grounds = {"customer": customer, "service": body.service, "outlook": body.outlook}
    await record(tx, Entry.by(caller.actor, at, "forecast.subscribe", subject, grounds))
    response.headers["Location"] = f"/v1/forecast-subscriptions/{subscription.id}"
    return SubscriptionRead.model_validate(subscription)


@routes.get("")
async def list_subscriptions(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("forecasts:read")],
) -> Page[SubscriptionRead]:
    """List the caller's subscriptions to forecasts."""
    rows = await subscriptions.list_of_person(tx, caller.sub, page.limit, page.after_as(UUID))
    return page.page_of(rows, SubscriptionRead.model_validate, lambda one: (one.id,))


@routes.delete("/{subscription}", status_code=204)
async def delete_subscription(
    subscription_id: SubscriptionId,
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:work")],
) -> None:
    """Delete a subscription to forecasts. Only the subscriber can do so."""
    if not await subscriptions.remove(tx, subscription_id, caller.sub):
        raise NotFound("This subscription")
    subject = f"forecast_subscription/{subscription_id}"
    at = await transaction_time(tx)
    await record(tx, Entry.by(caller.actor, at, "forecast.unsubscribe", subject, {}))
