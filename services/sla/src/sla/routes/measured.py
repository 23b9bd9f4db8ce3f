"""Measured promises: what was actually measured against what was required, month by month."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from common.database import Connection, Transaction, moment
from common.http import Page, Paging, Told, cursor, router
from common.people import Caller, needs
from sla.measures.month import Month, covered_until
from sla.measures.series import Required, Verdict, coverage, holding, judged
from sla.routes.series import RequiredTold
from sla.store import samples, series
from sla.store.samples import Actual
from sla.store.series import Stored

routes = router("/v1/measured-promises", tags=["reports"])

MOST = 50
"""Series of a page: each is read sample by sample."""


class MeasuredTold(Told):
    """`required` is the version that held when the month ended. `coverage`: which share of the
    expected samples came; under a half the month counts as `unmeasured`, neither kept nor broken.
    """

    series: str
    name: str
    unit: str
    customer: str | None
    service: str | None
    environment: str | None
    month: str
    since: datetime
    until: datetime
    required: RequiredTold
    actual: float | None
    samples: int
    coverage: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Row:
    """One series in one month."""

    stored: Stored
    required: Required
    actual: Actual | None
    month: Month
    since: datetime
    until: datetime

    def told(self, now: datetime) -> MeasuredTold:
        about, count = self.stored.series, self.actual.count if self.actual else 0
        figure = self.actual.figure(self.required.judged_by) if self.actual else None
        covered = coverage(count, about.every, covered_until(now, self.since, self.until))
        return MeasuredTold(
            series=about.key,
            name=about.name,
            unit=about.unit,
            customer=about.customer,
            service=about.service,
            environment=about.environment,
            month=str(self.month),
            since=self.since,
            until=self.until,
            required=RequiredTold.model_validate(self.required),
            actual=figure,
            samples=count,
            coverage=covered,
            verdict=judged(self.required, figure, covered),
        )


@routes.get("")
async def list_measured(
    tx: Transaction,
    page: Annotated[Paging, Depends()],
    caller: Annotated[Caller, needs("reports:read")],
    month: Annotated[
        str | None,
        Query(pattern=r"^(19[7-9]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])$", examples=["2026-06"]),
    ] = None,
    customer: Annotated[str | None, Query(max_length=100, description="By key.")] = None,
) -> Page[MeasuredTold]:
    """Each promised figure in the month, in the customer's zone; the present one without a month."""
    if customer is not None and not caller.sees(customer):
        return Page[MeasuredTold](items=[])
    after, most = page.after_as(str), min(page.limit, MOST)
    wanted = caller.customer or customer
    found = await series.page(tx, wanted, most, after[0] if after else None, promised=True)
    shown, now = found[:most], await moment(tx)
    return Page[MeasuredTold](
        items=await measured(tx, shown, now, Month.read(month) if month else None),
        next=cursor(shown[-1].series.key) if len(found) > most else None,
    )


async def measured(
    tx: Connection, found: list[Stored], now: datetime, month: Month | None
) -> list[MeasuredTold]:
    """Those of the series that had a promise in the month."""
    required = await series.required(tx, [one.series.id for one in found])
    by_zone: dict[str, list[Stored]] = {}
    for one in found:
        by_zone.setdefault(one.series.timezone, []).append(one)
    told: list[MeasuredTold] = []
    for zone, those in by_zone.items():
        asked = month or Month.of(now, zone)
        since, until = asked.span(zone)
        actual = await samples.actuals(tx, [one.series.id for one in those], since, until)
        for one in those:
            held = holding(required[one.series.id], min(until, max(now, since)))
            if held is not None:
                row = _Row(one, held, actual.get(one.series.id), asked, since, until)
                told.append(row.told(now))
    return sorted(told, key=lambda row: row.series)
