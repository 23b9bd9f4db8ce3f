"""HTTP in: forecasts of open promises, and their acknowledgements (R3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import Field
from sqlalchemy import Row

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.events.forecasts import ForecastAcknowledged
from common.http import (
    Page,
    Paging,
    Refers,
    RequestModel,
    ResponseModel,
    Transaction,
    if_match,
    router,
    set_etag,
)
from common.http.fields import KeyRef
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, transaction_time
from common.persistence.keys import id_or_key
from sla.calendars.schemas import Name
from sla.clocks.store import clocks, tickets
from sla.directory.dependencies import get_named_customer
from sla.directory.fields import CustomerFilter
from sla.forecasts.commands import forecast_now
from sla.forecasts.domain.probability import Outlook
from sla.forecasts.domain.reasons import describe_reasons
from sla.forecasts.events import forecast_payload
from sla.forecasts.store import forecasts, subscriptions
from sla.forecasts.store.forecasts import LISTED_OUTLOOKS, forecast_of
from sla.path_parameters import ForecastId

routes = router("/v1/forecasts", tags=["forecasts"])

MAX_FORECASTS = 200
"""Forecasts made by one request."""


class ForecastRead(ResponseModel):
    """`probability`: that the promise breaches if nothing changes. `expected_breach_at`: its
    deadline, null while it is paused. `sample_size`: similar clocks with a known outcome, of which
    `breached_share` took longer; `prior` is what coarser groups say, null where nothing is known.
    `open`: the promise is neither met nor breached."""

    id: UUID
    clock_id: UUID
    ticket_id: UUID
    ticket: str
    title: str
    metric: str
    priority: str
    kind: str
    customer: str | None
    service: str | None
    environment: str | None
    outlook: Outlook
    probability: float
    expected_breach_at: datetime | None
    elapsed_seconds: int
    target_seconds: int
    queue_position: int | None
    typical_queue_length: float
    sample_size: int
    breached_share: float | None
    prior: float | None
    reasons: Sequence[str]
    created_at: datetime
    changed_at: datetime
    open: bool


class AcknowledgementRead(ResponseModel):
    sub: str
    at: datetime
    outlook: Outlook
    note: str | None


class ForecastDetail(ForecastRead):
    acknowledgements: list[AcknowledgementRead]


class ForecastsCreate(RequestModel):
    """The clocks to forecast: these, those of a ticket, or those of a customer; by default all open
    ones."""

    clock_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_FORECASTS)] | None = None
    ticket: Annotated[Name | None, Refers("ticket")] = None
    customer: Annotated[KeyRef | None, Refers("customer")] = None


class AcknowledgementCreate(RequestModel):
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


@routes.post("")
async def create_forecasts(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    body: ForecastsCreate | None = None,
) -> Page[ForecastRead]:
    """Create forecasts of up to 200 open promises, ordered by deadline.

    They use all that is known at this moment. They are stored and published like the forecasts made
    every five minutes.
    """
    body = body or ForecastsCreate()
    ids = await _clock_ids(tx, body)
    customer = None if body.customer is None else await get_named_customer(tx, body.customer)
    clock_ids = await forecast_now(tx, customer.id if customer else None, ids, MAX_FORECASTS)
    rows = {row.clock_id: row for row in await forecasts.list_with_tickets(tx, clock_ids)}
    return Page[ForecastRead](items=[to_response(rows[id]) for id in clock_ids])


@routes.get("")
async def list_forecasts(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("forecasts:read")],
    outlook: Annotated[
        Literal["at_risk", "likely_to_breach"] | None, Query(description="Without it: both.")
    ] = None,
    customer: CustomerFilter = None,
    service: Annotated[
        str | None, Query(max_length=100, description="By key."), Refers("service")
    ] = None,
) -> Page[ForecastRead]:
    """List open promises that are at risk or likely to breach, ordered by deadline."""
    outlooks: tuple[Outlook, ...] = (outlook,) if outlook else LISTED_OUTLOOKS
    rows = await forecasts.page(tx, outlooks, customer, service, page.limit, _page_position(page))
    return page.page_of(rows, to_response, lambda row: (row.expected_breach_at, row.id))


@routes.get("/{forecast}")
async def get_forecast(
    forecast_id: ForecastId,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("forecasts:read")],
) -> ForecastDetail:
    """Get the latest forecast with its acknowledgements."""
    row = await forecasts.find(tx, forecast_id)
    if row is None:
        raise NotFound("This forecast")
    set_etag(response, row.sequence)
    return await _detail_response(tx, row)


@routes.post("/{forecast}/acknowledge")
async def acknowledge_forecast(
    forecast_id: ForecastId,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:work")],
    body: AcknowledgementCreate | None = None,
) -> ForecastDetail:
    """Acknowledge a forecast: you know of it and plan for it. The promise stays as it is."""
    row = await forecasts.find(tx, forecast_id, lock=True)
    if row is None:
        raise NotFound("This forecast")
    at = await transaction_time(tx)
    if_match(request, row.sequence, to_response(row))
    if not row.open:
        detail = "This promise is already met or breached, so there is nothing to forecast."
        raise Conflict(detail, code="PROMISE_OVER", type="conflict")
    acknowledgement = subscriptions.Acknowledgement(
        caller.sub, at, row.outlook, body.note if body else None
    )
    await subscriptions.add_acknowledgement(tx, forecast_id, acknowledgement)
    sequence = await forecasts.advance_sequence(tx, forecast_id)
    (ticket_clock,) = await clocks.load(tx, [row.clock_id])
    payload = forecast_payload(ticket_clock.ticket, forecast_of(row), at)
    event = ForecastAcknowledged(**payload, acknowledged_by=caller.sub)
    await publish(tx, OutboxEvent(event, sequence))
    grounds = {"outlook": row.outlook, "probability": round(row.probability, 3)}
    subject = f"forecast/{forecast_id}"
    await record(tx, Entry.by(caller.actor, at, "forecast.acknowledge", subject, grounds))
    return await _detail_response(tx, row)


def to_response(row: Row[Any]) -> ForecastRead:
    """Build the response from a row of `store.forecasts`."""
    forecast = forecast_of(row)
    progress, estimate = forecast.progress, forecast.estimate
    names = ("ticket_id", "ticket", "title", "customer", "service", "environment")
    return ForecastRead(
        **{name: getattr(row, name) for name in names},
        id=forecast.id,
        clock_id=forecast.clock_id,
        metric=progress.group[0],
        priority=progress.group[1],
        kind=progress.group[2],
        outlook=forecast.outlook,
        probability=round(estimate.probability, 3),
        expected_breach_at=forecast.expected_breach_at,
        elapsed_seconds=int(progress.age),
        target_seconds=int(progress.target),
        queue_position=progress.queue_position,
        typical_queue_length=round(progress.typical_queue_length, 1),
        sample_size=estimate.sample_size,
        breached_share=estimate.breached_ratio and round(estimate.breached_ratio, 3),
        prior=estimate.prior and round(estimate.prior, 3),
        reasons=describe_reasons(progress, estimate),
        created_at=forecast.created_at,
        changed_at=forecast.changed_at,
        open=forecast.open,
    )


async def _detail_response(tx: Connection, row: Row[Any]) -> ForecastDetail:
    acknowledgements = await subscriptions.list_acknowledgements(tx, row.id)
    return ForecastDetail(
        **to_response(row).model_dump(),
        acknowledgements=[AcknowledgementRead.model_validate(one) for one in acknowledgements],
    )


async def _clock_ids(tx: Connection, body: ForecastsCreate) -> list[UUID] | None:
    if body.ticket is None:
        return body.clock_ids
    ticket = await tickets.find(tx, id_or_key(body.ticket))
    if ticket is None:
        raise ValidationFailed(
            [Violation("/ticket", "unknown_reference", "there is no such ticket")]
        )
    ticket_clock_ids = [one.id for one in await clocks.list_by_ticket(tx, ticket.id)]
    requested = body.clock_ids
    return [one for one in ticket_clock_ids if requested is None or one in requested]


def _page_position(page: Paging) -> tuple[Any, ...] | None:
    has_no_deadline = page.after is not None and page.after[:1] == (None,)
    return page.after_as(type(None) if has_no_deadline else datetime, UUID)
