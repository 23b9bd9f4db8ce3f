"""Forecasts: which open promises will break if nothing changes, and who has taken note (R3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, cast
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
    encode_cursor,
    if_match,
    router,
    set_etag,
)
from common.messaging.outbox import OutboxEvent, publish
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name, id_or_key
from sla.clocks.store import clocks, tickets
from sla.directory.fields import CustomerFilter
from sla.directory.store import directory
from sla.forecasts.commands import forecast_now
from sla.forecasts.domain.probability import Outlook
from sla.forecasts.domain.reasons import describe_reasons
from sla.forecasts.events import forecast_payload
from sla.forecasts.store import forecasts, subscriptions
from sla.forecasts.store.forecasts import LISTED_OUTLOOKS, forecast_of

routes = router("/v1/forecasts", tags=["forecasts"])

MAX_FORECASTS = 200
"""Forecasts made by one request."""


class ForecastRead(ResponseModel):
    """`probability` that it breaks if nothing changes; `expected_breach_at`: then it does, null while its
    time stands still. `sample_size`: how many like it are known to have come as far. `open`: the promise
    is neither kept nor broken yet."""

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
    """Of whom: these clocks, a ticket's, or a customer's; of all open ones where nothing is said."""

    clock_ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_FORECASTS)] | None = None
    ticket: Annotated[Name | None, Refers("ticket")] = None
    customer: Annotated[
        Annotated[str, Field(min_length=1, max_length=100)] | None, Refers("customer")
    ] = None


class AcknowledgementCreate(RequestModel):
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


@routes.post("")
async def create_forecasts(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    body: ForecastsCreate | None = None,
) -> Page[ForecastRead]:
    """Create forecasts of up to 200 open promises. They use all that is known at this moment; the
    promises that break first come first. They are kept and told like those of every five
    minutes."""
    body = body or ForecastsCreate()
    ids = await _clock_ids(tx, body)
    customer = None
    if body.customer is not None:
        known_customer = await directory.find_customer(tx, id_or_key(body.customer))
        if known_customer is None:
            raise ValidationFailed([Violation("/customer", "unknown", "there is no such customer")])
        customer = known_customer.id
    clock_ids = await forecast_now(tx, customer, ids, MAX_FORECASTS)
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
    """Open promises that are expected to break, or may; those that break first first."""
    outlooks: tuple[Outlook, ...] = (outlook,) if outlook else LISTED_OUTLOOKS
    rows = await forecasts.page(tx, outlooks, customer, service, page.limit, _page_position(page))
    page_rows, more = rows[: page.limit], len(rows) > page.limit
    return Page[ForecastRead](
        items=[to_response(row) for row in page_rows],
        next=encode_cursor(page_rows[-1].expected_breach_at, page_rows[-1].id) if more else None,
    )


@routes.get("/{forecast_id}")
async def get_forecast(
    forecast_id: UUID,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("forecasts:read")],
) -> ForecastDetail:
    """Get a forecast. As it was made last, with who has acknowledged it."""
    row = await forecasts.find(tx, forecast_id)
    if row is None:
        raise NotFound("This forecast")
    set_etag(response, row.sequence)
    return await _detail_response(tx, row)


@routes.post("/{forecast_id}/acknowledge")
async def acknowledge_forecast(
    forecast_id: UUID,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:work")],
    body: AcknowledgementCreate | None = None,
) -> ForecastDetail:
    """Acknowledge a forecast. It says that you know of it and plan for it. It changes nothing about
    the promise."""
    row = await forecasts.find(tx, forecast_id, lock=True)
    if row is None:
        raise NotFound("This forecast")
    at = await transaction_time(tx)
    if_match(request, row.sequence, to_response(row))
    if not row.open:
        raise Conflict("This promise is kept or broken already: there is nothing left to expect.")
    acknowledgement = subscriptions.Acknowledgement(
        caller.sub, at, row.outlook, body.note if body else None
    )
    await subscriptions.add_acknowledgement(tx, forecast_id, acknowledgement)
    sequence = await forecasts.advance_sequence(tx, forecast_id)
    (tracked,) = await clocks.load(tx, [row.clock_id])
    payload = forecast_payload(tracked.ticket, forecast_of(row), at)
    event = ForecastAcknowledged(**payload, acknowledged_by=caller.sub)
    await publish(tx, OutboxEvent(event, sequence))
    grounds = {"outlook": row.outlook, "probability": round(row.probability, 3)}
    entry = Entry(
        at,
        caller.sub,
        "forecast.acknowledge",
        f"forecast/{forecast_id}",
        grounds,
        caller.via_machine,
    )
    await record(tx, entry)
    return await _detail_response(tx, row)


def to_response(row: Row[Any]) -> ForecastRead:
    """As it is answered, from a row of `store.forecasts`."""
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
        raise ValidationFailed([Violation("/ticket", "unknown", "there is no such ticket")])
    ticket_clock_ids = [one.id for one in await clocks.list_by_ticket(tx, ticket.id)]
    requested = body.clock_ids
    return [one for one in ticket_clock_ids if requested is None or one in requested]


def _page_position(page: Paging) -> forecasts.PagePosition | None:
    is_without_deadline = page.after is not None and page.after[:1] == (None,)
    after = page.after_as(type(None) if is_without_deadline else datetime, UUID)
    return cast("forecasts.PagePosition | None", after)
