"""Events of sla about goals of agreements while a month runs, on `opsdesk.clocks`."""

from typing import ClassVar
from uuid import UUID

from common.events.envelope import Event


class GoalEvent(Event):
    """An event about a goal in a month (`2026-06`), once for each goal, month and type.

    `goal` says it in words, `target` is its share (0 to 1). Of promises: how many were `met` and `broken` so
    far, how many may break in the month (`allowed`), and how fast that is used up (`burn_rate`; above 1 the
    goal will be missed). Of availability: only `share`, that of the month so far.
    """

    topic: ClassVar[str] = "opsdesk.clocks"
    source: ClassVar[str] = "opsdesk/sla"

    goal_id: UUID
    agreement: str
    customer_id: UUID
    customer: str
    month: str
    goal: str
    target: float
    share: float | None
    met: int
    broken: int
    allowed: int | None
    burn_rate: float | None

    def subject(self) -> str:
        return f"goal/{self.goal_id}"


class GoalAtRisk(GoalEvent):
    """The goal is about to be missed."""

    type: ClassVar[str] = "opsdesk.goal.at_risk.v1"


class GoalLost(GoalEvent):
    """The goal can no longer be met at the month's usual volume."""

    type: ClassVar[str] = "opsdesk.goal.lost.v1"
