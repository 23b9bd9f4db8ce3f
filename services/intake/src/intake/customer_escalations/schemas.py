"""Request and response models of customers' escalations."""

from datetime import datetime
from uuid import UUID

from common.http import RequestModel, ResponseModel
from intake.customer_escalations.domain import CustomerEscalation
from intake.tickets.schemas.fields import FreeText
from intake.tickets.schemas.message_checks import OverruleReason


class EscalateRequest(RequestModel):
    """Why the customer escalates."""

    reason: FreeText


class EscalationAnswer(RequestModel):
    """The answer to the customer, who sees it with the name of who gives it."""

    text: FreeText
    overrule_reason: OverruleReason = None


class CustomerEscalationRead(ResponseModel):
    """An escalation by a customer. `message_id` says why; `owner` answers by `due_at`, with `answer_id`.

    `overdue`: nobody has answered in time.
    """

    id: UUID
    message_id: UUID
    escalated_by: str
    escalated_at: datetime
    due_at: datetime
    owner: str | None
    answer_id: UUID | None
    answered_by: str | None
    answered_at: datetime | None
    overdue: bool


def to_escalation_response(escalation: CustomerEscalation, at: datetime) -> CustomerEscalationRead:
    """The escalation as it is at this moment."""
    names = [name for name in CustomerEscalationRead.model_fields if name != "overdue"]
    values = {name: getattr(escalation, name) for name in names}
    return CustomerEscalationRead(**values, overdue=escalation.is_overdue(at))
