"""Announced is told: each event is heard by a service, or it is said why it is for subscribers only."""

from collections.abc import Mapping
from typing import Final

from common.events import EVENTS
from common.events.escalations import EscalationEvent
from common.events.restored import HistoryRestored
from delivery_gate.app import SERVICE as DELIVERY_GATE
from escalation.app import SERVICE as ESCALATION
from intake.app import SERVICE as INTAKE
from sla.app import SERVICE as SLA

SERVICES = (INTAKE, SLA, ESCALATION, DELIVERY_GATE)

_STEP = "one step of something of which the begin and the end are told"
_WRITER = "whoever must do something sees it in the list of what waits for them"
_OWN_ACT = "of this our own people are told by who watches the ticket, or see it on the ticket"

FOR_SUBSCRIBERS_ONLY: Final[Mapping[str, str]] = {
    "opsdesk.agreement.approved.v1": _STEP,
    "opsdesk.agreement.calendar_changed.v1": "each clock says itself what became of it",
    "opsdesk.agreement.clocks_moved.v1": "each clock says itself what became of it",
    "opsdesk.agreement.coverage_extended.v1": "each clock says itself what became of it",
    "opsdesk.agreement.coverage_extension_ended.v1": "each clock says itself what became of it",
    "opsdesk.agreement.drafted.v1": "a draft promises nothing, and is its author's",
    "opsdesk.agreement.superseded.v1": "the version that follows is announced as published",
    "opsdesk.article.published.v1": "an article is found when somebody needs it",
    "opsdesk.change_request.decided.v1": _WRITER,
    "opsdesk.change_request.delivered.v1": "the customer is told of the delivery",
    "opsdesk.change_request.no_environment.v1": _OWN_ACT,
    "opsdesk.consumer.record_dead_lettered.v1": "readiness and an alert tell the operators",
    "opsdesk.emergency.applied.v1": _STEP,
    "opsdesk.emergency.authorized.v1": _STEP,
    "opsdesk.emergency.blocker_confirmed.v1": _STEP,
    "opsdesk.emergency.lapsed.v1": "who ended the environment knows; its case is resolved by the release",
    "opsdesk.emergency.requested.v1": _WRITER,
    "opsdesk.emergency.revoked.v1": _STEP,
    "opsdesk.emergency.settled.v1": _STEP,
    "opsdesk.emergency.without_blocker.v1": "the investigation that it opens waits for its owner",
    "opsdesk.environment.drifted.v1": "the investigation that it opens waits for its owner",
    "opsdesk.environment.in_debt.v1": "who applied the change knows; overdue, people are told",
    "opsdesk.evidence.anchored.v1": "for whoever keeps the heads apart from us",
    "opsdesk.follow_up.assigned.v1": "it waits for its owner",
    "opsdesk.follow_up.closed.v1": _STEP,
    "opsdesk.follow_up.evidence_submitted.v1": _WRITER,
    "opsdesk.follow_up.opened.v1": _WRITER,
    "opsdesk.follow_up.reopened.v1": _WRITER,
    "opsdesk.forecast.acknowledged.v1": "it says that somebody knows",
    "opsdesk.monitoring_improvement.owed.v1": _WRITER,
    "opsdesk.ticket.feedback_given.v1": _OWN_ACT,
    "opsdesk.ticket.fix_checked.v1": _OWN_ACT,
    "opsdesk.ticket.fix_verified.v1": _OWN_ACT,
    "opsdesk.ticket.known_error.v1": _OWN_ACT,
    "opsdesk.ticket.linked.v1": _OWN_ACT,
    "opsdesk.ticket.on_hold_until.v1": _OWN_ACT,
    "opsdesk.ticket.partner_replied.v1": "whoever works on the ticket sees it there; late, people are told",
    "opsdesk.ticket.unlinked.v1": _OWN_ACT,
    "opsdesk.version.registered.v1": "whoever submits the version knows of it",
}
"""Events that no service of ours hears, each with the reason why nobody misses it."""


def _is_for_subscribers(type_: str) -> bool:
    """Those of escalation are what people were told; of a restore each sender's receivers hear."""
    event = EVENTS[type_]
    return type_ in FOR_SUBSCRIBERS_ONLY or issubclass(event, EscalationEvent | HistoryRestored)


def test_each_event_is_heard_or_it_is_said_why_nobody_needs_to() -> None:
    handled = {event.type for service in SERVICES for event in service.handlers}
    assert (
        sorted(type_ for type_ in EVENTS if type_ not in handled and not _is_for_subscribers(type_))
        == []
    )


def test_nothing_is_listed_that_is_heard_or_does_not_exist() -> None:
    handled = {event.type for service in SERVICES for event in service.handlers}
    assert sorted(FOR_SUBSCRIBERS_ONLY.keys() & handled) == []
    assert sorted(FOR_SUBSCRIBERS_ONLY.keys() - EVENTS.keys()) == []
