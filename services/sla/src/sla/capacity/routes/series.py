"""HTTP in: series of measured figures, the promises about them, and their limits."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Response

from common.audit import Entry, record
from common.auth import Caller, requires
from common.domain.durations import SECOND
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, Transaction, router, set_etag
from common.persistence.database import Connection, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from sla.capacity.commands import DEADLINE_KIND, next_update_at, update_forecasts
from sla.capacity.domain.series import Limit, MeasuredPromise, Series
from sla.capacity.schemas import (
    LimitCreate,
    LimitRead,
    MeasuredPromiseCreate,
    MeasuredPromiseRead,
    SeriesCreate,
    SeriesRead,
)
from sla.capacity.store import series
from sla.capacity.store.series import StoredSeries
from sla.directory.dependencies import get_named_customer
from sla.path_parameters import SeriesRef

routes = router("/v1/series", tags=["capacity"])


@routes.post("", status_code=201)
async def create_series(
    body: SeriesCreate,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesRead:
    """Create a series. Monitoring posts its samples to `/v1/samples` by the key."""
    customer = None if body.customer is None else await get_named_customer(tx, body.customer)
    at = await transaction_time(tx)
    sample_interval = (
        None if body.sample_interval_seconds is None else body.sample_interval_seconds * SECOND
    )
    owner, id = (customer.key, customer.id) if customer else (None, None)
    location = (owner, body.service, body.environment)
    definition = Series(uuid7(), body.key, body.name, body.unit, *location, sample_interval)
    if not await series.add(tx, definition, id, caller.actor, at):
        raise Conflict(
            "This key names another series. Take another key.", code="KEY_TAKEN", type="conflict"
        )
    subject, grounds = f"series/{definition.id}", {"key": definition.key}
    await record(tx, Entry.by(caller.actor, at, "series.define", subject, grounds))
    response.headers["Location"] = f"/v1/series/{definition.id}"
    return await to_response(tx, await get_visible(tx, str(definition.id), caller))


@routes.post("/{series}/promises", status_code=201)
async def create_promise(
    name: SeriesRef,
    body: MeasuredPromiseCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesRead:
    """Add a promise to a series, or its next version. Past months keep their version."""
    stored = await get_visible(tx, name, caller)
    await series.lock_by_id(tx, stored.series.id)
    previous = (await series.list_promises(tx, [stored.series.id])).get(stored.series.id, ())
    if previous and body.valid_from <= previous[-1].valid_from:
        detail = (
            f"version {previous[-1].version} is valid from {previous[-1].valid_from.isoformat()}"
        )
        raise ValidationFailed(
            [Violation("/valid_from", "order", f"{detail}; give a later instant")]
        )
    at = await transaction_time(tx)
    terms = (body.better, body.statistic, body.target, body.baseline)
    promise = MeasuredPromise(len(previous) + 1, body.valid_from, *terms)
    await series.add_promise(tx, stored.series.id, promise, caller.actor, at)
    await record(tx, _audit_entry(at, caller, "series.promise", stored, body))
    return await to_response(tx, stored)


@routes.post("/{series}/limits", status_code=201)
async def create_limit(
    name: SeriesRef,
    body: LimitCreate,
    tx: Transaction,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesRead:
    """Add a usage limit to a series, or its next version.

    The capacity forecast is updated now and every night; an approaching limit is announced.
    """
    stored = await get_visible(tx, name, caller)
    id = stored.series.id
    await series.lock_by_id(tx, id)
    at = await transaction_time(tx)
    previous = (await series.get_limits(tx, [id])).get(id)
    version = previous.version + 1 if previous else 1
    limit = Limit(version, at, body.limit, body.direction, body.plan_ahead_seconds * SECOND)
    await series.add_limit(tx, id, limit, caller.actor, at)
    await record(tx, _audit_entry(at, caller, "series.limit", stored, body))
    await update_forecasts(tx, [id], at)
    await schedule(tx, [Deadline(DEADLINE_KIND, id, next_update_at(id, at))])
    return await to_response(tx, await get_visible(tx, str(id), caller))


@routes.get("")
async def list_series(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
) -> Page[SeriesRead]:
    """List series, by key. Customers see their own."""
    rows = await series.page(tx, caller.customer, page.limit, page.after_as(str))
    return page.page_of(await _to_responses(tx, rows), lambda one: one, lambda one: (one.key,))


@routes.get("/{series}")
async def get_series(
    name: SeriesRef,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reports:read")],
) -> SeriesRead:
    """Get a series."""
    stored = await get_visible(tx, name, caller)
    set_etag(response, stored.sequence)
    return await to_response(tx, stored)


async def get_visible(tx: Connection, name: str, caller: Caller) -> StoredSeries:
    """Return the series with this id or key. Raises NotFound, also for another customer's."""
    stored = await series.find(tx, name)
    if stored is None or caller.customer not in (None, stored.series.customer):
        raise NotFound("This series")
    return stored


async def to_response(tx: Connection, stored: StoredSeries) -> SeriesRead:
    return (await _to_responses(tx, [stored]))[0]


async def _to_responses(tx: Connection, stored_series: list[StoredSeries]) -> list[SeriesRead]:
    ids = [one.series.id for one in stored_series]
    promises, limits = await series.list_promises(tx, ids), await series.get_limits(tx, ids)
    return [
        _build_response(one, promises.get(one.series.id, ()), limits.get(one.series.id))
        for one in stored_series
    ]


def _build_response(
    stored: StoredSeries, promises: tuple[MeasuredPromise, ...], limit: Limit | None
) -> SeriesRead:
    definition = stored.series
    return SeriesRead(
        id=definition.id,
        key=definition.key,
        name=definition.name,
        unit=definition.unit,
        customer=definition.customer,
        service=definition.service,
        environment=definition.environment,
        sample_interval_seconds=None
        if definition.sample_interval is None
        else definition.sample_interval // SECOND,
        limit_status=stored.limit_status,
        promises=[MeasuredPromiseRead.model_validate(one) for one in promises],
        limit=_limit_response(limit) if limit else None,
    )


def _limit_response(limit: Limit) -> LimitRead:
    return LimitRead(
        version=limit.version,
        valid_from=limit.valid_from,
        limit=limit.limit,
        direction=limit.direction,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
    )


def _audit_entry(
    at: datetime, caller: Caller, action: str, stored: StoredSeries, body: RequestModel
) -> Entry:
    grounds = body.model_dump(mode="json")
    return Entry.by(caller.actor, at, action, f"series/{stored.series.id}", grounds)
