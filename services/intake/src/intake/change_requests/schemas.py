"""Request and response models of change requests."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from common.http import Refers, RequestModel, ResponseModel
from common.http.fields import Name
from intake.change_requests.domain import Booking, Decision
from intake.tickets.domain.ticket import Nature, State
from intake.tickets.schemas.fields import OptionalText, Words
from intake.tickets.schemas.message_checks import OverruleReason

MAX_MINUTES = 600_000


class EstimateUpdate(RequestModel):
    """How many seconds of work the change takes, in whole minutes, with a note for the customer.

    The note is checked before, as a reply is; `overrule_reason` is why it leaves all the same.
    """

    estimate_seconds: Annotated[int, Field(ge=60, le=60 * MAX_MINUTES, multiple_of=60)]
    note: OptionalText = None
    overrule_reason: OverruleReason = None


class ChangeDecision(RequestModel):
    """The customer's answer to the estimate."""

    decision: Decision
    reason: OptionalText = None


class BookingRequest(RequestModel):
    """Either the `month` (`2026-06`) whose reserved hours are used, or the name of a `sprint`."""

    month: Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None
    sprint: Name | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "BookingRequest":
        if (self.month is None) == (self.sprint is None):
            raise PydanticCustomError("booking_unclear", "give either a `month` or a `sprint`")
        return self

    @property
    def booked_on(self) -> Booking:
        """On what it is booked."""
        return "sprint" if self.month is None else "reserved_hours"

    def first_day(self) -> date | None:
        """The first of the month; None where it is booked on a sprint."""
        return None if self.month is None else date.fromisoformat(f"{self.month}-01")


class DeliveryLink(RequestModel):
    """`delivery` is the key of the gate's delivery that brings the change."""

    delivery: Annotated[str, Field(min_length=1, max_length=100), Refers("delivery")]


class NoEnvironmentClaim(RequestModel):
    """Why the change touches no environment."""

    reason: Words


class ChangeRequestRead(ResponseModel):
    """A change request with its ticket (`key`), as its customer may read it, too.

    `decision` is the customer's about the estimate. It closes once `delivered_at` is there, or once
    another person has confirmed that no environment is touched.
    """

    key: str
    title: str
    state: State
    nature: Nature | None
    customer: str | None
    estimate_seconds: int | None
    note: str | None
    estimated_at: datetime | None
    decision: Decision | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    booked_on: Booking | None
    month: str | None
    sprint: str | None
    booked_at: datetime | None
    delivery: str | None
    delivered_at: datetime | None
    estimated_by: str | None
    booked_by: str | None
    no_environment_reason: str | None
    no_environment_by: str | None
    no_environment_confirmed_by: str | None
