"""Series of measured figures: what they are, what is promised of them, and their limits."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Response
from pydantic import Field

from common.audit import Entry, record
from common.auth import Caller, requires
from common.errors import Conflict, NotFound, ValidationFailed, Violation
from common.http import Page, Paging, RequestModel, ResponseModel, encode_cursor, router, set_etag
from common.persistence.database import Connection, Transaction, transaction_time
from common.persistence.ids import uuid7
from common.scheduling.deadlines import Deadline, schedule
from sla.calendars.schemas import Name, id_or_key
from sla.capacity.domain.series import Better, JudgedBy, Limit, Required, Series
from sla.capacity.store import series
from sla.capacity.store.series import Stored
from sla.capacity.timers import KIND, look, next_look
from sla.directory.store import directory

routes = router("/v1/series", tags=["measures"])

SECOND = timedelta(seconds=1)
YEAR = 366 * 86_400
Figure = Annotated[float, Field(ge=-1e15, le=1e15)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class SeriesAsked(RequestModel):
    """`every_seconds`: how often monitoring sends a sample; without it gaps are not noticed.
    Without `customer` it is the house's own, and no customer sees it."""

    key: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]{0,99}$")]
    name: Text
    unit: Annotated[str, Field(min_length=1, max_length=20, examples=["ms", "GiB", "kWh"])]
    customer: Name | None = None
    service: Name | None = None
    environment: Name | None = None
    every_seconds: Annotated[int, Field(gt=0, le=YEAR)] | None = None


class RequiredAsked(RequestModel):
    """From `valid_from` on: the month's `statistic` figure must be at most (or least) `target`."""

    valid_from: datetime
    better: Better
    statistic: JudgedBy
    target: Figure
    baseline: Figure | None = None


class LimitAsked(RequestModel):
    """`plan_ahead_seconds`: how long before the limit people must know, to plan for it."""

    limit: Figure
    direction: Literal["from_below", "from_above"] = "from_below"
    plan_ahead_seconds: Annotated[int, Field(ge=86_400, le=YEAR)]


class RequiredTold(ResponseModel):
    version: int
    valid_from: datetime
    better: Better
    statistic: JudgedBy
    target: float
    baseline: float | None


class LimitTold(ResponseModel):
    version: int
    valid_from: datetime
    limit: float
    direction: str
    plan_ahead_seconds: int


class SeriesTold(ResponseModel):
    """`limit_status`: where usage stands to its limit (`ok`, `approaching`, `reached`)."""

    id: UUID
    key: str
    name: str
    unit: str
    customer: str | None
    service: str | None
    environment: str | None
    every_seconds: int | None
    limit_status: str
    promises: list[RequiredTold]
    limit: LimitTold | None


@routes.post("", status_code=201)
async def define_series(
    asked: SeriesAsked,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesTold:
    """A new series; monitoring posts its samples to `/v1/samples` by the key."""
    customer = await _customer(tx, asked)
    at = await transaction_time(tx)
    every = None if asked.every_seconds is None else asked.every_seconds * SECOND
    owner, id = (customer.key, customer.id) if customer else (None, None)
    place = (owner, asked.service, asked.environment)
    new = Series(uuid7(), asked.key, asked.name, asked.unit, *place, every)
    if not await series.add(tx, new, id, (caller.sub, at)):
        raise Conflict("This key names another series. Take another key.")
    await record(tx, Entry(at, caller.sub, "series.define", f"series/{new.id}", {"key": new.key}))
    response.headers["Location"] = f"/v1/series/{new.id}"
    return await told(tx, await visible(tx, str(new.id), caller))


@routes.post("/{name}/promises", status_code=201)
async def promise_figure(
    name: Name,
    asked: RequiredAsked,
    tx: Transaction,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesTold:
    """The next version of what is promised. Former months keep the version they had (A5)."""
    found = await visible(tx, name, caller)
    await series.hold(tx, found.series.id)
    former = (await series.required(tx, [found.series.id])).get(found.series.id, ())
    if former and asked.valid_from <= former[-1].valid_from:
        begun = f"version {former[-1].version} is valid from {former[-1].valid_from.isoformat()}"
        raise ValidationFailed(
            [Violation("/valid_from", "order", f"{begun}; give a later instant")]
        )
    at = await transaction_time(tx)
    judgement = (asked.better, asked.statistic, asked.target, asked.baseline)
    required = Required(len(former) + 1, asked.valid_from, *judgement)
    await series.require(tx, found.series.id, required, (caller.sub, at))
    await record(tx, _entry(at, caller, "series.promise", found, asked))
    return await told(tx, found)


@routes.post("/{name}/limits", status_code=201)
async def set_limit(
    name: Name,
    asked: LimitAsked,
    tx: Transaction,
    caller: Annotated[Caller, requires("series:write")],
) -> SeriesTold:
    """Usage is looked at now and every night from then on; a limit that comes near is announced."""
    found = await visible(tx, name, caller)
    id = found.series.id
    await series.hold(tx, id)
    at = await transaction_time(tx)
    former = (await series.limits(tx, [id])).get(id)
    version = former.version + 1 if former else 1
    limit = Limit(version, at, asked.limit, asked.direction, asked.plan_ahead_seconds * SECOND)
    await series.limit(tx, id, limit, (caller.sub, at))
    await record(tx, _entry(at, caller, "series.limit", found, asked))
    await look(tx, [id], at)
    await schedule(tx, [Deadline(KIND, id, next_look(id, at))])
    return await told(tx, await visible(tx, str(id), caller))


@routes.get("")
async def list_series(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, requires("reports:read")],
) -> Page[SeriesTold]:
    """By key; customers see their own."""
    after = page.after_as(str)
    found = await series.page(tx, caller.customer, page.limit, after[0] if after else None)
    shown = found[: page.limit]
    return Page[SeriesTold](
        items=await _all_told(tx, shown),
        next=encode_cursor(shown[-1].series.key) if len(found) > page.limit else None,
    )


@routes.get("/{name}")
async def show_series(
    name: Name,
    tx: Transaction,
    response: Response,
    caller: Annotated[Caller, requires("reports:read")],
) -> SeriesTold:
    found = await visible(tx, name, caller)
    set_etag(response, found.sequence)
    return await told(tx, found)


async def visible(tx: Connection, name: str, caller: Caller) -> Stored:
    """Raises NotFound, also for another customer's."""
    found = await series.find(tx, id_or_key(name))
    if found is None or caller.customer not in (None, found.series.customer):
        raise NotFound("This series")
    return found


async def told(tx: Connection, stored: Stored) -> SeriesTold:
    return (await _all_told(tx, [stored]))[0]


async def _all_told(tx: Connection, found: list[Stored]) -> list[SeriesTold]:
    ids = [one.series.id for one in found]
    required, limits = await series.required(tx, ids), await series.limits(tx, ids)
    return [_told(one, required.get(one.series.id, ()), limits.get(one.series.id)) for one in found]


def _told(stored: Stored, required: tuple[Required, ...], limit: Limit | None) -> SeriesTold:
    about = stored.series
    return SeriesTold(
        id=about.id,
        key=about.key,
        name=about.name,
        unit=about.unit,
        customer=about.customer,
        service=about.service,
        environment=about.environment,
        every_seconds=None if about.every is None else about.every // SECOND,
        limit_status=stored.limit_status,
        promises=[RequiredTold.model_validate(one) for one in required],
        limit=_limit_told(limit) if limit else None,
    )


def _limit_told(limit: Limit) -> LimitTold:
    return LimitTold(
        version=limit.version,
        valid_from=limit.valid_from,
        limit=limit.limit,
        direction=limit.direction,
        plan_ahead_seconds=limit.plan_ahead // SECOND,
    )


async def _customer(tx: Connection, asked: SeriesAsked) -> directory.Customer | None:
    if asked.customer is None:
        return None
    found = await directory.find_customer(tx, id_or_key(asked.customer))
    if found is None:
        unknown = f"there is no customer {asked.customer!r}; intake registers them"
        raise ValidationFailed([Violation("/customer", "unknown", unknown)])
    return found


def _entry(at: datetime, caller: Caller, action: str, about: Stored, asked: RequestModel) -> Entry:
    grounds = asked.model_dump(mode="json")
    return Entry(at, caller.sub, action, f"series/{about.series.id}", grounds, caller.via_machine)
