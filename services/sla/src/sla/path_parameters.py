"""Path parameters, each named for its noun: `/v1/waivers/{waiver}` takes the waiver's id or its key."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

Reference = Annotated[str, Field(min_length=1, max_length=100, description="The id or the key.")]

ActionRef = Annotated[Reference, Path(alias="action")]
AgreementRef = Annotated[Reference, Path(alias="agreement")]
CalendarRef = Annotated[Reference, Path(alias="calendar")]
CustomerRef = Annotated[Reference, Path(alias="customer")]
MaintenanceRef = Annotated[Reference, Path(alias="maintenance")]
OutageRef = Annotated[Reference, Path(alias="outage")]
ReviewRef = Annotated[Reference, Path(alias="review")]
SeriesRef = Annotated[Reference, Path(alias="series")]
ServiceRef = Annotated[Reference, Path(alias="service")]
TicketRef = Annotated[Reference, Path(alias="ticket")]
TimeEntryRef = Annotated[Reference, Path(alias="time_entry")]
WaiverRef = Annotated[Reference, Path(alias="waiver")]

SealNumber = Annotated[int, Path(alias="seal", ge=1, le=2**63 - 1)]
ClockId = Annotated[UUID, Path(alias="clock")]
CorrectionId = Annotated[UUID, Path(alias="correction")]
ExtensionId = Annotated[UUID, Path(alias="extension")]
ForecastId = Annotated[UUID, Path(alias="forecast")]
SubscriptionId = Annotated[UUID, Path(alias="subscription")]
