"""Request and response models of follow-ups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from common.http import RequestModel, ResponseModel
from common.http.evidence import Evidence
from delivery_gate.criteria.domain.verdict import FollowUpKind
from delivery_gate.fields import ColleagueName, FreeText
from delivery_gate.follow_ups.domain import FollowUp, FollowUpState


class FollowUpClose(RequestModel):
    """The evidence that the work is done: a link, a run, a document."""

    evidence: Annotated[FreeText, Evidence]


class FollowUpAssign(RequestModel):
    """`owner`: the account of the person whose work it is from now on. `due_at`: until when; left out it stays
    as it was, null takes it away."""

    owner: ColleagueName
    due_at: datetime | None = None


class FollowUpRead(ResponseModel):
    """A follow-up. `blocks_delivery`: the version may not be delivered anywhere meanwhile.
    `emergency_id`: the change that was applied without a Blocker, which this investigates. `owner`: who was given the
    work; null where nobody was. `owners`: whose work it is: that person's, else of who asked for what was refused or
    applied that change; nobody's alone where it is empty. `due_at`: until when, where somebody has said."""

    id: UUID
    key: str
    kind: FollowUpKind
    task: str
    state: FollowUpState
    delivery_id: UUID | None
    emergency_id: UUID | None
    environment: str
    product: str | None
    version: str | None
    blocks_delivery: bool
    owners: list[str]
    opened_at: datetime
    evidence: str | None
    closed_by: str | None
    closed_at: datetime | None
    confirmed_by: str | None
    confirmed_at: datetime | None
    owner: str | None
    due_at: datetime | None


def to_response(follow_up: FollowUp, owners: Sequence[str]) -> FollowUpRead:
    """The follow-up as the API shows it."""
    held = follow_up.held
    return FollowUpRead(
        id=follow_up.id,
        key=follow_up.key,
        kind=follow_up.kind,
        task=follow_up.task,
        state=follow_up.state,
        delivery_id=follow_up.delivery_id,
        emergency_id=follow_up.emergency_id,
        environment=follow_up.environment,
        product=held.product if held else None,
        version=held.name if held else None,
        blocks_delivery=held is not None and follow_up.state != "confirmed",
        owners=list(owners),
        opened_at=follow_up.opened_at,
        evidence=follow_up.evidence,
        closed_by=follow_up.closed_by,
        closed_at=follow_up.closed_at,
        confirmed_by=follow_up.confirmed_by,
        confirmed_at=follow_up.confirmed_at,
        owner=follow_up.owner,
        due_at=follow_up.due_at,
    )
