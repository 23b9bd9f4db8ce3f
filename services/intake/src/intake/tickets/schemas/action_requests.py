"""What a caller sends with an action on a ticket."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from common.errors import ValidationFailed, Violation
from common.http import Refers, RequestModel
from common.http.fields import VISIBLE, Name
from intake.tickets.domain.classification import Classification
from intake.tickets.domain.hold_over import MAX_HOLD, may_wait_until
from intake.tickets.domain.message import MAX_COPIED
from intake.tickets.domain.prioritisation import PriorityAssessment, assess
from intake.tickets.domain.priority import Impact, Matrix, Priority, Urgency
from intake.tickets.domain.ticket import Detection, HandoverTarget, Kind, Nature, WaitingOn
from intake.tickets.schemas.fields import FreeText, OptionalText, Words
from intake.tickets.schemas.message_checks import OverruleReason


class OptionalReason(RequestModel):
    """A reason for an action that needs none."""

    reason: OptionalText = None


NO_REASON: Final = OptionalReason()


class Reason(RequestModel):
    """The reason for an action that needs one."""

    reason: FreeText


class Assignment(RequestModel):
    """`to` is the `sub` of a member of staff, `team` the key of a team; one of them, or both."""

    to: Annotated[Name | None, Refers("colleague")] = None
    team: Annotated[Name | None, Refers("team")] = None

    @model_validator(mode="after")
    def _to_somebody(self) -> "Assignment":
        if self.to is None and self.team is None:
            raise PydanticCustomError("nobody", "give `to`, `team` or both")
        return self


class Workaround(RequestModel):
    """`text` tells the customer how to continue to work until the ticket is resolved.

    It is checked like a reply; the header `Message-Findings` of the response names what was found.
    """

    text: FreeText
    overrule_reason: OverruleReason = None


class HoldRequest(RequestModel):
    """Waiting on the customer needs a question that the customer can see; waiting on a `date`, `until`."""

    waiting_on: WaitingOn
    until: datetime | None = None
    reason: FreeText
    question: FreeText | None = None
    overrule_reason: OverruleReason = None

    @model_validator(mode="after")
    def _date_and_until(self) -> "HoldRequest":
        if (self.waiting_on == "date") != (self.until is not None):
            raise PydanticCustomError(
                "until", "give `until` when, and only when, `waiting_on` is date"
            )
        return self

    def check_ahead(self, at: datetime) -> None:
        """Raise ValidationFailed where it shall wait for a date that has passed, or lies too far ahead."""
        if self.until is not None and not may_wait_until(self.until, at):
            detail = f"give an instant that is still to come, within {MAX_HOLD.days} days"
            raise ValidationFailed([Violation("/until", "not_ahead", detail)])


class Resolution(RequestModel):
    """How the ticket was resolved; the customer can read it, so it is checked like a reply."""

    resolution: FreeText
    overrule_reason: OverruleReason = None


class MergeRequest(RequestModel):
    """`into` is the id or key of the ticket that stays open."""

    into: Annotated[str, Field(min_length=1, max_length=40)]


class UnmergeConfirmation(RequestModel):
    """The second person's answer. `messages` are ids of messages on the surviving ticket, to be copied."""

    agree: bool
    reason: OptionalText = None
    messages: Annotated[list[UUID], Field(max_length=MAX_COPIED, default_factory=list)]


class DetectionCorrection(RequestModel):
    """Who found it first, and how we know."""

    detected_by: Detection
    reason: FreeText


class DetectionConfirmation(RequestModel):
    """The second person's answer to who found it first."""

    agree: bool
    reason: OptionalText = None


class ForwardRequest(RequestModel):
    """The hand-over record: all of it is needed. `asked` is what `to` is asked to do, until `due_at`.

    What goes to a partner is checked before, as a reply is: it names no other customer.
    """

    to: HandoverTarget
    partner: Annotated[Name | None, Refers("partner"), Field(validate_default=True)] = None
    seen: Words
    tried: Words
    excluded: Words
    asked: Words
    due_at: datetime
    overrule_reason: OverruleReason = None

    @property
    def words(self) -> str:
        """All that the partner reads of us."""
        return f"{self.seen}\n\n{self.tried}\n\n{self.excluded}\n\n{self.asked}"

    @field_validator("partner", mode="after")
    @classmethod
    def _belongs_to_partners(cls, partner: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("to") == "partner" and partner is None:
            raise PydanticCustomError("missing", "name the `partner` who takes it over")
        if info.data.get("to") == "second_level" and partner is not None:
            raise PydanticCustomError("partner", "name a `partner` only where `to` is partner")
        return partner


class HandBackRequest(RequestModel):
    """`found` is what second level or the partner found; it becomes an internal note.

    `fixed`: they say that it works now. Another person then checks that, before the ticket is resolved.
    """

    found: Words
    fixed: bool = False


class FixCheck(RequestModel):
    """Whether a fix that came back `works`, and what was `checked` to know that."""

    works: bool
    checked: Words


class PartnerReference(RequestModel):
    """The number that the partner gave to what was handed over."""

    reference: Annotated[str, Field(min_length=1, max_length=100, pattern=VISIBLE)]


class PartnerMessage(RequestModel):
    """What we write to the partner who has the ticket; it is checked, and mailed to them."""

    text: Words
    overrule_reason: OverruleReason = None


class PriorityUpdate(RequestModel):
    """Either a `priority`, or `impact` and `urgency`, from which the matrix derives it."""

    priority: Priority | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    reason: FreeText

    @model_validator(mode="after")
    def _exactly_one_way(self) -> "PriorityUpdate":
        by_matrix = self.impact is not None and self.urgency is not None
        if (self.priority is None) == (not by_matrix):
            raise PydanticCustomError(
                "priority_unclear", "give either priority, or impact and urgency"
            )
        return self

    def to_assessment(self, matrix: Matrix) -> PriorityAssessment:
        """The priority that is asked for."""
        if self.impact is not None and self.urgency is not None:
            return assess(matrix, self.impact, self.urgency)
        assert self.priority is not None
        return PriorityAssessment(self.priority)


class PriorityConfirmation(RequestModel):
    """The second person's answer to a lower priority."""

    agree: bool
    reason: OptionalText = None


class ReclassificationRequest(RequestModel):
    """`kind`, `service` or both; what is left out does not change.

    `nature` goes with a change request.
    """

    kind: Kind | None = None
    nature: Nature | None = None
    service: Annotated[Name | None, Refers("service")] = None
    reason: FreeText

    @model_validator(mode="after")
    def _has_kind_or_service(self) -> "ReclassificationRequest":
        if self.kind is None and self.service is None:
            raise PydanticCustomError("nothing_asked", "give `kind`, `service` or both")
        if (self.nature is None) != (self.kind != "change_request"):
            raise PydanticCustomError(
                "nature", "give `nature` with a change_request, and with nothing else"
            )
        return self

    def to_classification(self) -> Classification:
        """The kind and service that are asked for."""
        return Classification(self.kind, self.nature, self.service)


class ReclassificationConfirmation(RequestModel):
    """The second person's answer to a reclassification."""

    agree: bool
    reason: OptionalText = None


class CustomerAssignment(RequestModel):
    """Keys of the customer and of one of its environments."""

    customer: Annotated[Name, Refers("customer")]
    environment: Annotated[Name | None, Refers("environment")] = None
