"""Response models of environments."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from common.http import ResponseModel
from delivery_gate.environments.domain import EnvironmentState


class DebtRead(ResponseModel):
    """`change`: the emergency change that a delivered version has to contain by `due_at`."""

    change_id: UUID
    change: str
    started_at: datetime
    due_at: datetime
    overdue_since: datetime | None


class DriftRead(ResponseModel):
    """A digest that was seen running and that nothing explains. Null: none could be read."""

    product: str
    digest: str | None
    started_at: datetime


class EnvironmentRead(ResponseModel):
    """`running`: per product the digest that was last delivered and verified."""

    id: UUID
    key: str
    customer_id: UUID
    customer: str
    tier: str
    state: EnvironmentState
    running: Mapping[str, str]
    debt: DebtRead | None
    drift: DriftRead | None
