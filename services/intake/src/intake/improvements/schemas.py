"""Request and response models of improvements of the monitoring. Contacts see none of them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from common.http import Refers, RequestModel, ResponseModel
from common.http.evidence import Evidence
from common.http.fields import VISIBLE, Name
from intake.improvements.domain import Cause, ImprovementState

Text = Annotated[str, Field(min_length=1, max_length=10_000, pattern=VISIBLE)]


class ImprovementPlan(RequestModel):
    """Who (`owner`, a `sub`) improves what, by when, and the criterion by which another person verifies it."""

    owner: Annotated[Name, Refers("colleague")]
    task: Text
    criterion: Text
    due_at: datetime | None = None


class ImprovementEvidence(RequestModel):
    """What shows that it is done; where nothing can be improved, why not."""

    evidence: Annotated[Text, Evidence]


class ImprovementVerification(RequestModel):
    """Whether the criterion holds. Without it the work is owed still; say why."""

    agree: bool
    reason: Annotated[str, Field(max_length=10_000)] | None = None


class ImprovementRead(ResponseModel):
    """An improvement that is owed for `ticket` (a key), because of `cause`."""

    id: UUID
    key: str
    ticket_id: UUID
    ticket: str
    cause: Cause
    state: ImprovementState
    owed_since: datetime
    due_at: datetime
    owner: str | None
    task: str | None
    criterion: str | None
    evidence: str | None
    done_by: str | None
    done_at: datetime | None
    verified_by: str | None
    verified_at: datetime | None
    overdue_at: datetime | None
