"""Samples: posted by monitoring in batches, kept once however often they are sent."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import Query
from pydantic import Field

from common.auth import Caller, requires
from common.errors import ValidationFailed, Violation
from common.http import RequestModel, ResponseModel, router
from common.persistence.database import Connection, Transaction, transaction_time
from sla.calendars.schemas import Name
from sla.capacity.routes.series import Figure, visible
from sla.capacity.store import samples, series

routes = router("/v1/samples", tags=["measures"])
of_series = router("/v1/series", tags=["measures"])

LONGEST = timedelta(days=800)
AHEAD = timedelta(minutes=5)
"""How far a monitor's clock may be ahead of ours."""


class SampleAsked(RequestModel):
    series: Name
    at: datetime
    value: Figure


class SamplesAsked(RequestModel):
    samples: Annotated[list[SampleAsked], Field(min_length=1, max_length=5_000)]


class SamplesTold(ResponseModel):
    """`accepted` are kept now; the rest was kept before. `conflicts` are the places in the batch of
    samples for which another value is kept: the first one stays."""

    accepted: int
    duplicates: int
    conflicts: list[int]


class DayTold(ResponseModel):
    """A date in UTC."""

    day: date
    count: int
    low: float
    mean: float
    peak: float


class DaysTold(ResponseModel):
    items: list[DayTold]


@routes.post("")
async def post_samples(
    asked: SamplesAsked, tx: Transaction, caller: Annotated[Caller, requires("samples:write")]
) -> SamplesTold:
    """All of the batch or nothing. Sending it again changes nothing, so it needs no key."""
    given = asked.samples
    known = await series.ids_of(tx, {one.series for one in given})
    _refuse_wrong(given, known, await transaction_time(tx))
    rows = [(known[one.series], one.at, one.value) for one in given]
    new, differing = await samples.keep(tx, rows)
    return SamplesTold(accepted=new, duplicates=len(rows) - new, conflicts=differing)


@of_series.get("/{name}/days")
async def show_days(
    name: Name,
    tx: Transaction,
    caller: Annotated[Caller, requires("reports:read")],
    since: Annotated[date | None, Query(alias="from", description="30 days without it")] = None,
    until: Annotated[date | None, Query(alias="to", description="Not included.")] = None,
) -> DaysTold:
    """The series day by day: how many samples, their lowest, mean and highest. 800 days at most."""
    found = await visible(tx, name, caller)
    first, last = await _stretch(tx, since, until)
    days = await samples.days(tx, found.series.id, first, last)
    return DaysTold(items=[DayTold.model_validate(day) for day in days])


async def _stretch(tx: Connection, since: date | None, until: date | None) -> tuple[date, date]:
    last = until or (await transaction_time(tx)).date() + timedelta(days=1)
    if since is None and last.toordinal() <= 30:
        raise ValidationFailed([Violation("/query/to", "range", "give a later date")])
    first = since or last - timedelta(days=30)
    if not timedelta(0) <= last - first <= LONGEST:
        raise ValidationFailed(
            [Violation("/query/from", "range", "ask for 800 days at most, in order")]
        )
    return first, last


def _refuse_wrong(given: list[SampleAsked], known: Collection[str], now: datetime) -> None:
    """Raises Invalid with everything that is wrong, twenty at most."""
    wrong, seen = list[Violation](), dict[tuple[str, datetime], float]()
    for place, one in enumerate(given):
        at = f"/samples/{place}"
        if one.series not in known:
            wrong.append(Violation(f"{at}/series", "unknown", f"there is no series {one.series!r}"))
        if one.at > now + AHEAD:
            wrong.append(Violation(f"{at}/at", "future", "this instant is yet to come"))
        if seen.setdefault((one.series, one.at), one.value) != one.value:
            wrong.append(Violation(f"{at}/value", "twice", "the same instant has another value"))
    if wrong:
        raise ValidationFailed(wrong[:20])
