"""English words for the codes of the services, by the kind of code: the message ids of their translations.

A test walks the enums of docs/api and fails for one that pages show and that has no words here.
"""

from collections.abc import Mapping
from typing import Final

from console.language.act_words import ACTS, DONE, NOTIFICATIONS
from console.language.delivery_words import DELIVERY_WORDS
from console.language.field_words import OF_FORMS
from console.language.intake_page_words import INTAKE_PAGE_WORDS
from console.language.intake_words import INTAKE_WORDS
from console.language.page_words import PAGE_WORDS
from console.language.promise_words import PROMISE_WORDS
from console.language.report_words import REPORT_WORDS
from console.language.sentence_words import SENTENCES
from console.language.trigger_words import STORY, TRIGGERS
from console.language.waiting_words import WAITING

Words = Mapping[str, str]

_SERVICES: Final[Words] = {
    "intake": "Tickets service",
    "sla": "Promises service",
    "escalation": "Escalation service",
    "delivery-gate": "Deliveries service",
}
_GROUPS: Final[Words] = {
    "on_you_now": "On you now",
    "second_eyes": "Needs your second eyes",
    "decisions": "Needs your decision",
    "tasks": "Needs your work",
}
_ROLES: Final[Words] = {
    "ops": "first level",
    "second_level": "second level",
    "tom": "technical operations manager",
    "gm": "general manager",
    "dm": "delivery manager",
    "po": "product owner",
    "qc": "quality control",
    "partner": "partner",
    "customer": "customer",
}
_STATES: Final[Words] = {
    "new": "new",
    "in_progress": "in progress",
    "on_hold": "on hold",
    "forwarded": "forwarded",
    "resolved": "resolved",
    "verified": "verified",
    "closed": "closed",
    "reopened": "reopened",
    "merged": "merged",
}
_PRIORITIES: Final[Words] = {
    "blocker": "blocker",
    "critical": "critical",
    "major": "major",
    "minor": "minor",
    "trivial": "trivial",
}
_KINDS: Final[Words] = {
    "incident": "incident",
    "service_request": "service request",
    "change_request": "change request",
    "problem": "problem",
    "question": "question",
}
_NATURES: Final[Words] = {
    "corrective": "corrective",
    "adaptive": "adaptive",
    "perfective": "perfective",
    "preventive": "preventive",
}
_METRICS: Final[Words] = {
    "first_response": "first reply",
    "next_reply": "next reply",
    "update": "next update",
    "workaround": "workaround",
    "resolution": "resolution",
    "availability": "availability",
}
_CONTRACTS: Final[Words] = {
    "sla": "ours to the customer",
    "ola": "second level's to us",
    "uc": "the partner's to us",
}
_CHANNELS: Final[Words] = {
    "portal": "portal",
    "email": "e-mail",
    "phone": "phone",
    "chat": "chat",
    "monitoring": "monitoring",
    "staff": "one of us",
    "sms": "text message",
}
_WAITING_ON: Final[Words] = {
    "customer": "waits for the customer",
    "partner": "waits for the partner",
    "second_level": "waits for second level",
    "date": "waits for a date",
}
_LEVELS: Final[Words] = {"high": "high", "medium": "medium", "low": "low"}
_TIERS: Final[Words] = {
    "production": "production",
    "staging": "staging",
    "test": "test",
    "development": "development",
}
_MAILS: Final[Words] = {
    "waiting": "mail is on its way",
    "sent": "✓ mail sent",
    "failed": "✕ mail failed",
    "bounced": "✕ mail came back",
    "cancelled": "mail called off",
    "withheld": "mail withheld",
    "nobody": "✕ nobody gets it by mail",
    "off": "no mail server is set",
    "due": "mail is due",
    "planned": "mail is planned",
}
_OUTCOMES: Final[Words] = {
    "met": "kept",
    "breached": "broken",
    "waived": "broken with approval",
    "cancelled": "called off",
    "withdrawn": "withdrawn",
}
_CASE_STATES: Final[Words] = {
    "open": "open",
    "acknowledged": "acknowledged",
    "snoozed": "snoozed",
    "resolved": "resolved",
}
_ENVIRONMENT_STATES: Final[Words] = {
    "compliant": "as approved",
    "in_debt": "in debt",
    "drifted": "drifted",
}
_WAIVER_STATES: Final[Words] = {
    "requested": "to decide",
    "approved": "approved",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "revoked": "revoked",
    "expired": "expired",
}
_DELIVERY_STATES: Final[Words] = {
    "evaluating": "is checked",
    "in_review": "in review",
    "approved": "approved",
    "delivering": "being delivered",
    "verifying": "being verified",
    "delivered": "delivered",
    "refused": "refused",
    "rolled_back": "rolled back",
    "superseded": "superseded",
    "withdrawn": "withdrawn",
    "expired": "expired",
}
_VERDICTS: Final[Words] = {
    "accepted": "accepted",
    "refused": "refused",
    "deferred": "deferred",
    "denied": "denied",
}
_LIFECYCLES: Final[Words] = {"standard": "standard", "hotfix": "hotfix"}
_FACTS: Final[Words] = {
    "state": "State",
    "priority": "Priority",
    "assignee": "Assigned to",
    "team": "Team",
    "customer": "Customer",
    "environment": "Environment",
    "kind": "Kind",
    "nature": "Nature",
    "service": "Service",
    "detected_by": "Found first by",
    "waiting_on": "Waits for",
}
_SETTINGS: Final[Words] = {
    "language": "Language",
    "zone": "Time zone",
    "after_finishing": "After finishing",
}
_RAG: Final[Words] = {
    "green": "all promises hold",
    "amber": "at risk",
    "red": "broken",
    "none": "nothing is promised",
}
WORDS: Final[Mapping[str, Words]] = {
    **PAGE_WORDS,
    "service": _SERVICES,
    "group": _GROUPS,
    "role": _ROLES,
    "state": _STATES,
    "priority": _PRIORITIES,
    "kind": _KINDS,
    "nature": _NATURES,
    "metric": _METRICS,
    "contract": _CONTRACTS,
    "channel": _CHANNELS,
    "waiting_on": _WAITING_ON,
    "level": _LEVELS,
    "tier": _TIERS,
    "mail": _MAILS,
    "outcome": _OUTCOMES,
    "case_state": _CASE_STATES,
    "environment_state": _ENVIRONMENT_STATES,
    "waiver_state": _WAIVER_STATES,
    "delivery_state": _DELIVERY_STATES,
    "verdict": _VERDICTS,
    "lifecycle": _LIFECYCLES,
    "fact": _FACTS,
    "setting": _SETTINGS,
    "rag": _RAG,
    "notification": NOTIFICATIONS,
    "act": ACTS,
    "done": DONE,
    **OF_FORMS,
    "trigger": TRIGGERS,
    "story": STORY,
    "waiting": WAITING,
    **SENTENCES,
    **PROMISE_WORDS,
    **REPORT_WORDS,
    **DELIVERY_WORDS,
    **INTAKE_WORDS,
    **INTAKE_PAGE_WORDS,
}
"""The words of each kind of code."""
