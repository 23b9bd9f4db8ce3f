"""What sets an escalation off, and whom the business owes to hear of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

TriggerKind = Literal[
    "clock_threshold_reached",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
    "debt_overdue",
    "outage",
    "waiver_requested",
    "limit_approaching",
    "limit_reached",
    "downtime_budget_threshold_reached",
    "downtime_budget_exhausted",
    "review_ready",
    "review_published",
    "review_action",
    "manual",
]
TRIGGER_KINDS: tuple[TriggerKind, ...] = get_args(TriggerKind)

SEVERITIES = ("blocker", "critical", "major", "minor", "trivial")

MANDATORY_ROLES: Mapping[TriggerKind, tuple[str, ...]] = {
    "forwarded": ("dm", "po"),  # R5: what first level could not resolve
    "debt_overdue": ("dm", "po"),
    "outage": ("dm",),  # R3, R5: a customer feels it now
    "limit_approaching": ("dm", "po"),  # R3: early enough to plan for it
    "limit_reached": ("dm", "po"),
    "downtime_budget_threshold_reached": ("dm", "po"),
    "downtime_budget_exhausted": ("dm", "gm", "po"),
    "waiver_requested": ("gm",),  # R2: only the GM can approve, and only before the deadline
}
"""Roles that are told at once whatever the policy says."""

Audience = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""Teams with a topic of their own."""

DEFAULT_TIER = "production"
"""An environment not heard of yet counts as production: better a page too many."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """The facts of one cause. `customer` and `environment` are the keys that people say aloud.

    `title` says in a few words what broke or will break; of the customer's own words it holds
    nothing. `expected_breach_at` is when a promise breaks or broke. Triggers with one `dedup_key` are one
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
    expected_breach_at: datetime | None = None

    @property
    def mandatory_roles(self) -> tuple[str, ...]:
        return MANDATORY_ROLES.get(self.trigger, ())

    @property
    def page_path(self) -> str | None:
        """The page about the cause itself, beneath the address of the service that has it."""
        if not self.trigger.startswith("review_"):
            return None
        return f"/v1/reviews/{self.dedup_key.split('/')[1]}?format=html"

    def audiences(self, concerned: frozenset[str]) -> tuple[Audience, ...]:
        """The teams on whose topics the case appears: the policy's and those owed, in order."""
        roles = concerned | {*self.mandatory_roles}
        return tuple(audience for audience in AUDIENCES if audience in roles)
