"""Path parameters, each named for its noun: `/v1/waivers/{waiver}` takes the waiver's id or its key."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from common.http import IdOrKey

ActionRef = Annotated[IdOrKey, Path(alias="action")]
AgreementRef = Annotated[IdOrKey, Path(alias="agreement")]
CalendarRef = Annotated[IdOrKey, Path(alias="calendar")]
CustomerRef = Annotated[IdOrKey, Path(alias="customer")]
MaintenanceRef = Annotated[IdOrKey, Path(alias="maintenance")]
OutageRef = Annotated[IdOrKey, Path(alias="outage")]
ReviewRef = Annotated[IdOrKey, Path(alias="review")]
SeriesRef = Annotated[IdOrKey, Path(alias="series")]
ServiceRef = Annotated[IdOrKey, Path(alias="service")]
TicketRef = Annotated[IdOrKey, Path(alias="ticket")]
TimeEntryRef = Annotated[IdOrKey, Path(alias="time_entry")]
WaiverRef = Annotated[IdOrKey, Path(alias="waiver")]

SealNumber = Annotated[int, Path(alias="seal", ge=1, le=2**63 - 1)]
ClockId = Annotated[UUID, Path(alias="clock")]
CorrectionId = Annotated[UUID, Path(alias="correction")]
ExtensionId = Annotated[UUID, Path(alias="extension")]
ForecastId = Annotated[UUID, Path(alias="forecast")]
SubscriptionId = Annotated[UUID, Path(alias="subscription")]
