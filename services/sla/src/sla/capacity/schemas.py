"""Request and response models of series."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel, fields
from sla.calendars.schemas import Name
from sla.capacity.domain.series import Better, Statistic

YEAR_S = 366 * 86_400
Figure = Annotated[float, Field(ge=-1e15, le=1e15)]


class SeriesCreate(RequestModel):
    """`sample_interval_seconds`: how often monitoring sends a sample; without it gaps are not noticed.

    Without `customer` the series is the provider's own, and no customer sees it."""

    key: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9.-]{0,99}$")]
    name: fields.Name
    unit: Annotated[str, Field(min_length=1, max_length=20, examples=["ms", "GiB", "kWh"])]
    customer: Annotated[Name | None, Refers("customer")] = None
    service: Annotated[Name | None, Refers("service")] = None
    environment: Annotated[Name | None, Refers("environment")] = None
    sample_interval_seconds: Annotated[int, Field(gt=0, le=YEAR_S)] | None = None


class MeasuredPromiseCreate(RequestModel):
    """From `valid_from` on the `statistic` of each month must be at most (`better` lower) or at
    least (`better` higher) `target`."""

    valid_from: datetime
    better: Better
    statistic: Statistic
    target: Figure
    baseline: Figure | None = None


class LimitCreate(RequestModel):
    """`plan_ahead_seconds`: how long before the limit is reached people must know."""

    limit: Figure
    direction: Literal["from_below", "from_above"] = "from_below"
    plan_ahead_seconds: Annotated[int, Field(ge=86_400, le=YEAR_S)]


class MeasuredPromiseRead(ResponseModel):
    version: int
    valid_from: datetime
    better: Better
    statistic: Statistic
    target: float
    baseline: float | None


class LimitRead(ResponseModel):
    version: int
    valid_from: datetime
    limit: float
    direction: str
    plan_ahead_seconds: int


class SeriesRead(ResponseModel):
    """`limit_status`: how near usage is to its limit (`ok`, `approaching`, `reached`)."""

    id: UUID
    key: str
    name: str
    unit: str
    customer: Annotated[str | None, Refers("customer")]
    service: Annotated[str | None, Refers("service")]
    environment: Annotated[str | None, Refers("environment")]
    sample_interval_seconds: int | None
    limit_status: str
    promises: list[MeasuredPromiseRead]
    limit: LimitRead | None
