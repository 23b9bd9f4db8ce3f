"""What sets an escalation off, and whom the business owes to hear of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

TriggerKind = Literal[
    "clock_warned",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
    "debt_overdue",
    "outage",
    "waiver_requested",
    "limit_ahead",
    "limit_reached",
    "budget_used",
    "budget_gone",
    "review_ready",
    "review_published",
    "review_action",
    "manual",
]
TRIGGERS: tuple[TriggerKind, ...] = get_args(TriggerKind)

SEVERITIES = ("blocker", "critical", "major", "minor", "trivial")

OWED_TO: Mapping[TriggerKind, tuple[str, ...]] = {
    "forwarded": ("dm", "po"),  # R5: what first level could not resolve
    "debt_overdue": ("dm", "po"),
    "outage": ("dm",),  # R3, R5: a customer feels it now
    "limit_ahead": ("dm", "po"),  # R3: early enough to plan for it
    "limit_reached": ("dm", "po"),
    "budget_used": ("dm", "po"),
    "budget_gone": ("dm", "gm", "po"),
    "waiver_requested": ("gm",),  # R2: only the GM can approve, and only before the deadline
}
"""Roles that are told at once whatever the policy says."""

Audience = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""Teams with a topic of their own."""

UNKNOWN_TIER = "production"
"""An environment not heard of yet counts as production: better a page too many."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """The facts of one cause. `customer` and `environment` are the keys that people say aloud.

    `title` says in a few words what broke or will break; of the customer's own words it holds
    nothing. `breaks_at` is when a promise breaks or broke. Triggers with one `dedup_key` are one
    case until it is resolved (E9).
    """

    trigger: TriggerKind
    severity: str
    dedup_key: str
    title: str
    at: datetime
    kind: str | None = None
    service: str | None = None
    customer: str | None = None
    environment: str | None = None
    tier: str | None = None
    ticket_id: UUID | None = None
    ticket: str | None = None
    breaks_at: datetime | None = None

    @property
    def owed_to(self) -> tuple[str, ...]:
        return OWED_TO.get(self.trigger, ())

    @property
    def page(self) -> str | None:
        """The page about the cause itself, beneath the address of the service that has it."""
        if not self.trigger.startswith("review_"):
            return None
        return f"/v1/reviews/{self.dedup_key.split('/')[1]}?format=html"

    def audiences(self, concerned: frozenset[str]) -> tuple[Audience, ...]:
        """The teams on whose topics the case appears: the policy's and those owed, in order."""
        hearing = concerned | {*self.owed_to}
        return tuple(audience for audience in AUDIENCES if audience in hearing)
