"""HTTP in: samples, posted by monitoring in batches and stored once."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel, ResponseModel, Transaction, router
from common.http.periods import check_order
from common.persistence.database import Connection, transaction_time
from sla.calendars.schemas import Name
from sla.capacity.routes.series import get_visible
from sla.capacity.schemas import Figure
from sla.capacity.store import samples, series
from sla.path_parameters import SeriesRef

routes = router("/v1/samples", tags=["capacity"])
series_routes = router("/v1/series", tags=["capacity"])

MAX_RANGE = timedelta(days=800)
MAX_CLOCK_SKEW = timedelta(minutes=5)
"""How far a monitor's clock may be ahead of ours."""


class SampleCreate(RequestModel):
    series: Annotated[Name, Refers("series", by_route=True)]
    at: datetime
    value: Figure


class SamplesCreate(RequestModel):
    samples: Annotated[list[SampleCreate], Field(min_length=1, max_length=5_000)]


class SamplesRead(ResponseModel):
    """`accepted` samples are new, `duplicates` were stored before. `conflicts`: the positions in
    the batch (from 0) of samples for which another value is stored; that value stays."""

    accepted: int
    duplicates: int
    conflicts: list[int]


class SampleDayRead(ResponseModel):
    """A date in UTC."""

    day: date
    count: int
    low: float
    mean: float
    peak: float


class SampleDaysRead(ResponseModel):
    items: list[SampleDayRead]


@routes.post("")
async def create_samples(
    body: SamplesCreate, tx: Transaction, caller: Annotated[Caller, requires("samples:write")]
) -> SamplesRead:
    """Submit a batch of samples, stored as a whole or not at all.

    Sending it again changes nothing, so it needs no idempotency key.
    """
    items = body.samples
    series_ids = await series.find_ids(tx, {one.series for one in items})
    _check_samples(items, series_ids, await transaction_time(tx))
    rows = [(series_ids[one.series], one.at, one.value) for one in items]
    new, conflicts = await samples.insert(tx, rows)
    return SamplesRead(accepted=new, duplicates=len(rows) - new, conflicts=conflicts)


@series_routes.get("/{series}/days")
async def list_days(
    name: SeriesRef,
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    since: Annotated[date | None, Query(alias="from", description="30 days without it")] = None,
    until: Annotated[date | None, Query(alias="to", description="Not included.")] = None,
) -> SampleDaysRead:
    """List the days of a series, 800 at most.

    Each day has the number of its samples and their lowest, mean and highest value.
    """
    stored = await get_visible(tx, name, caller)
    first, last = await _resolve_range(tx, since, until)
    days = await samples.list_days(tx, stored.series.id, first, last)
    return SampleDaysRead(items=[SampleDayRead.model_validate(day) for day in days])


async def _resolve_range(
    tx: Connection, since: date | None, until: date | None
) -> tuple[date, date]:
    last = until or (await transaction_time(tx)).date() + timedelta(days=1)
    if since is None and last.toordinal() <= 30:
        raise ValidationFailed([Violation("/query/to", "range", "give a later date")])
    first = since or last - timedelta(days=30)
    check_order(first, last, "/query/to")
    if last - first > MAX_RANGE:
        raise ValidationFailed([Violation("/query/from", "range", "ask for 800 days at most")])
    return first, last


def _check_samples(items: list[SampleCreate], series_ids: Collection[str], now: datetime) -> None:
    """Check a batch. Raises ValidationFailed with all violations, twenty at most."""
    violations, seen_values = list[Violation](), dict[tuple[str, datetime], float]()
    for index, sample in enumerate(items):
        pointer = f"/samples/{index}"
        if sample.series not in series_ids:
            violations.append(
                Violation(
                    f"{pointer}/series",
                    "unknown_reference",
                    f"there is no series {sample.series!r}",
                )
            )
        if sample.at > now + MAX_CLOCK_SKEW:
            violations.append(Violation(f"{pointer}/at", "future", "give an instant in the past"))
        if seen_values.setdefault((sample.series, sample.at), sample.value) != sample.value:
            violations.append(
                Violation(f"{pointer}/value", "twice", "the same instant has another value")
            )
    if violations:
        raise ValidationFailed(violations[:20])
