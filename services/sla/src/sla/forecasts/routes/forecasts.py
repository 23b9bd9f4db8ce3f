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
from sla.clocks.events import forecast_facts
from sla.clocks.store import clocks, tickets
from sla.directory.store import directory
from sla.forecasts.domain.probability import Outlook
from sla.forecasts.domain.reasons import reasons
from sla.forecasts.store import forecasts, subscriptions
from sla.forecasts.store.forecasts import LISTED, forecast_of
from sla.forecasts.timers import forecast_now

routes = router("/v1/forecasts", tags=["forecasts"])

MOST = 200
"""Forecasts made by one request."""


class ForecastTold(ResponseModel):
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


class AcknowledgementTold(ResponseModel):
    sub: str
    at: datetime
    outlook: Outlook
    note: str | None


class OneForecastTold(ForecastTold):
    acknowledgements: list[AcknowledgementTold]


class ForecastsAsked(RequestModel):
    """Of whom: these clocks, a ticket's, or a customer's; of all open ones where nothing is said."""

    clock_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)] | None = None
    ticket: Name | None = None
    customer: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class NoteAsked(RequestModel):
    note: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


@routes.post("")
async def make_forecasts(
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:read")],
    asked: ForecastsAsked | None = None,
) -> Page[ForecastTold]:
    """Make forecasts from all that is known at this moment, of up to 200 open promises, those that
    break first first. They are kept and told like those of every five minutes."""
    asked = asked or ForecastsAsked()
    ids = await _clock_ids(tx, asked)
    customer = None
    if asked.customer is not None:
        found = await directory.find_customer(tx, id_or_key(asked.customer))
        if found is None:
            raise ValidationFailed([Violation("/customer", "unknown", "there is no such customer")])
        customer = found.id
    made = await forecast_now(tx, customer, ids, MOST)
    rows = {row.clock_id: row for row in await forecasts.listed(tx, made)}
    return Page[ForecastTold](items=[told(rows[id]) for id in made])


@routes.get("")
async def list_forecasts(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("forecasts:read")],
    outlook: Annotated[
        Literal["at_risk", "likely_to_breach"] | None, Query(description="Without it: both.")
    ] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
    service: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
) -> Page[ForecastTold]:
    """Open promises that are expected to break, or may; those that break first first."""
    outlooks: tuple[Outlook, ...] = (outlook,) if outlook else LISTED
    found = await forecasts.page(tx, outlooks, customer, service, page.limit, _place(page))
    shown, more = found[: page.limit], len(found) > page.limit
    return Page[ForecastTold](
        items=[told(row) for row in shown],
        next=encode_cursor(shown[-1].expected_breach_at, shown[-1].id) if more else None,
    )


@routes.get("/{forecast_id}")
async def show_forecast(
    forecast_id: UUID,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("forecasts:read")],
) -> OneForecastTold:
    """One forecast, as it was made last, and who has taken note of it."""
    row = await forecasts.find(tx, forecast_id)
    if row is None:
        raise NotFound("This forecast")
    set_etag(response, row.sequence)
    return await _one(tx, row)


@routes.post("/{forecast_id}/acknowledge")
async def acknowledge_forecast(
    forecast_id: UUID,
    request: Request,
    tx: Transaction,
    caller: Annotated[Caller, requires("forecasts:work")],
    asked: NoteAsked | None = None,
) -> OneForecastTold:
    """Say that you know of it and plan for it. It changes nothing about the promise."""
    row = await forecasts.find(tx, forecast_id, lock=True)
    if row is None:
        raise NotFound("This forecast")
    at = await transaction_time(tx)
    if_match(request, row.sequence, told(row))
    if not row.open:
        raise Conflict("This promise is kept or broken already: there is nothing left to expect.")
    given = subscriptions.Acknowledgement(
        caller.sub, at, row.outlook, asked.note if asked else None
    )
    await subscriptions.acknowledge(tx, forecast_id, given)
    sequence = await forecasts.bump(tx, forecast_id)
    (tracked,) = await clocks.load(tx, [row.clock_id])
    facts = forecast_facts(tracked.ticket, forecast_of(row), at)
    event = ForecastAcknowledged(**facts, acknowledged_by=caller.sub)
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
    return await _one(tx, row)


def told(row: Row[Any]) -> ForecastTold:
    """As it is answered, from a row of `store.forecasts`."""
    made = forecast_of(row)
    stands, found = made.standing, made.estimate
    names = ("ticket_id", "ticket", "title", "customer", "service", "environment")
    return ForecastTold(
        **{name: getattr(row, name) for name in names},
        id=made.id,
        clock_id=made.clock_id,
        metric=stands.group[0],
        priority=stands.group[1],
        kind=stands.group[2],
        outlook=made.outlook,
        probability=round(found.probability, 3),
        expected_breach_at=made.expected_breach_at,
        elapsed_seconds=int(stands.age),
        target_seconds=int(stands.target),
        queue_position=stands.ahead,
        typical_queue_length=round(stands.usual, 1),
        sample_size=found.known,
        reasons=reasons(stands, found),
        created_at=made.created_at,
        changed_at=made.changed_at,
        open=made.open,
    )


async def _one(tx: Connection, row: Row[Any]) -> OneForecastTold:
    given = await subscriptions.acknowledged(tx, row.id)
    return OneForecastTold(
        **told(row).model_dump(),
        acknowledgements=[AcknowledgementTold.model_validate(one) for one in given],
    )


async def _clock_ids(tx: Connection, asked: ForecastsAsked) -> list[UUID] | None:
    if asked.ticket is None:
        return asked.clock_ids
    ticket = await tickets.find(tx, id_or_key(asked.ticket))
    if ticket is None:
        raise ValidationFailed([Violation("/ticket", "unknown", "there is no such ticket")])
    of_ticket = [one.id for one in await clocks.of_ticket(tx, ticket.id)]
    wanted = asked.clock_ids
    return [one for one in of_ticket if wanted is None or one in wanted]


def _place(page: Paging) -> forecasts.Place | None:
    still = page.after is not None and page.after[:1] == (None,)
    after = page.after_as(type(None) if still else datetime, UUID)
    return cast("forecasts.Place | None", after)
