"""What causes an escalation, and which roles must be informed of it in any case. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from common.domain.console_pages import Thing

TriggerKind = Literal[
    "clock_threshold_reached",
    "clock_forecast",
    "clock_breached",
    "blocker_raised",
    "forwarded",
    "hand_over_unacknowledged",
    "hand_over_overdue",
    "partner_replied_late",
    "fix_requested",
    "reply_undelivered",
    "second_eyes_overdue",
    "customer_escalated",
    "improvement_overdue",
    "debt_overdue",
    "outage",
    "waiver_requested",
    "limit_approaching",
    "limit_reached",
    "downtime_budget_threshold_reached",
    "downtime_budget_exhausted",
    "goal_at_risk",
    "goal_lost",
    "review_ready",
    "review_published",
    "review_action",
    "review_action_overdue",
    "agreement_signature",
    "agreement_publication",
    "agreement_ending",
    "agreement_termination",
    "correction_requested",
    "maintenance_planned",
    "waiver_revoked",
    "reserved_hours_threshold_reached",
    "service_degraded",
    "digest",
    "article_review",
    "ticket_watched",
    "settings_changed",
    "manual",
]
TRIGGER_KINDS: tuple[TriggerKind, ...] = get_args(TriggerKind)

SEVERITIES = ("blocker", "critical", "major", "minor", "trivial")

MANDATORY_ROLES: Mapping[TriggerKind, tuple[str, ...]] = {
    "forwarded": ("dm", "po"),  # R5: what first level could not resolve
    "hand_over_unacknowledged": ("dm", "po", "tom"),  # R5: nobody took notice of it
    "customer_escalated": ("dm",),  # a named person answers the customer within a set time
    "improvement_overdue": ("tom",),  # R9
    "debt_overdue": ("dm", "po"),
    "outage": ("dm",),  # R3, R5: a customer feels it now
    "limit_approaching": ("dm", "po"),  # R3: early enough to plan for it
    "limit_reached": ("dm", "po"),
    "downtime_budget_threshold_reached": ("dm", "po"),
    "downtime_budget_exhausted": ("dm", "gm", "po"),
    "goal_at_risk": ("dm", "po"),  # R3: while something can still be done about it
    "goal_lost": ("dm", "gm"),
    "waiver_requested": ("gm",),  # R2: only the GM can approve, and only before the deadline
}
"""Roles that are informed at once whatever the policy says."""

Audience = Literal["ops", "tom", "gm", "dm", "po", "qc", "second_level", "partner"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)
"""Teams with a topic of their own."""

_NAMED_BY_CASE: Mapping[str, Thing] = {
    "agreement": "agreement",
    "maintenance": "maintenance",
    "outage": "outage",
    "review": "review",
    "waiver": "waiver",
}
"""Things whose id or key is in the dedup key; of outages that share a ticket it has the ticket's."""

DEFAULT_TIER = "production"
"""An environment that is not known yet counts as production: better a page too many."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """One cause. `customer` and `environment` are keys; `at` is when it happened.

    `title` says in a few words what broke or will break, without any words of the customer.
    `expected_breach_at` is when a promise breaks or broke. `ticket_kind` is the kind of the ticket
    concerned. Triggers with one `dedup_key` are one case until it is resolved (E9).
    """

    kind: TriggerKind
    severity: str
    dedup_key: str
    title: str
    at: datetime
    ticket_kind: str | None = None
    service: str | None = None
    customer: str | None = None
    environment: str | None = None
    tier: str | None = None
    ticket_id: UUID | None = None
    ticket: str | None = None
    expected_breach_at: datetime | None = None

    @property
    def mandatory_roles(self) -> tuple[str, ...]:
        """Roles that are informed at once whatever the policy says (R2, R3, R5)."""
        return MANDATORY_ROLES.get(self.kind, ())

    @property
    def review(self) -> str | None:
        """The key of the review that it is about."""
        return self.dedup_key.split("/")[1] if self.kind.startswith("review_") else None

    @property
    def cause(self) -> tuple[Thing, str] | None:
        """What it is about, with its key or id, where that has a page of its own; None: the case is all there is."""
        if self.kind == "digest":
            return "work", ""
        noun, key = (*self.dedup_key.split("/"), "")[:2]
        shares_ticket = noun == "outage" and self.ticket_id is not None
        if noun in _NAMED_BY_CASE and not shares_ticket:
            return _NAMED_BY_CASE[noun], key
        scope: tuple[tuple[Thing, str | UUID | None], ...] = (
            ("ticket", self.ticket or self.ticket_id),
            ("environment", self.environment),
            ("customer", self.customer),
        )
        return next(((thing, str(key)) for thing, key in scope if key is not None), None)

    def audiences(self, concerned: frozenset[str]) -> tuple[Audience, ...]:
        """The teams on whose topics the case appears: those of the policy and the mandatory ones."""
        roles = concerned | {*self.mandatory_roles}
        return tuple(audience for audience in AUDIENCES if audience in roles)
