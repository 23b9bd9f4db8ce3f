"""Which acts a caller may do on a ticket now, and why not the others. Pure.

Each act asks the same rule as its route, so that both give the same answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from common.domain.allowed_act import AllowedAct, judge_act
from intake.tickets.domain import (
    blocker,
    classification,
    detection,
    merging,
    prioritisation,
    transitions,
    unmerging,
)
from intake.tickets.domain.classification import Classification
from intake.tickets.domain.hand_over import HandOver, check_no_fix_waits
from intake.tickets.domain.message import check_reply
from intake.tickets.domain.prioritisation import PriorityAssessment
from intake.tickets.domain.tagging import tag
from intake.tickets.domain.ticket import Ticket
from intake.tickets.domain.triage import check_triage


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: an account with its permissions. `own_accounts` are the same person's, of those named.

    `is_change_delivered` and `is_problem_settled`: whether the change request or the problem that they ask
    about may be closed. `hand_over` is the newest one of the ticket.
    """

    account: str
    permissions: frozenset[str]
    at: datetime
    is_contact: bool = False
    own_accounts: frozenset[str] = frozenset()
    is_change_delivered: bool = False
    is_problem_settled: bool = False
    hand_over: HandOver | None = None

    def counted_as(self, other: str | None) -> str:
        """Under which account they count where `other` is the first person (R1)."""
        return other if other is not None and other in self.own_accounts else self.account


Decide = Callable[[Ticket, Asker], object]
"""A rule: a Rejection means no, anything else yes."""


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, the permission that its route asks for, and the rule that its route asks."""

    act: str
    permission: str
    decide: Decide


def _verify(ticket: Ticket, asker: Asker) -> object:
    at = ticket.resolved_at or ticket.opened_at
    return transitions.verify(ticket, asker.counted_as(ticket.resolved_by), at)


def _confirm_priority(ticket: Ticket, asker: Asker) -> object:
    pending = ticket.pending_downgrade
    person = asker.counted_as(pending.requested_by if pending else None)
    return prioritisation.confirm(ticket, person)


def _confirm_classification(ticket: Ticket, asker: Asker) -> object:
    pending = ticket.pending_reclassification
    return classification.confirm(
        ticket, asker.counted_as(pending.requested_by if pending else None)
    )


def _resolve(ticket: Ticket, asker: Asker) -> object:
    waits = check_no_fix_waits(asker.hand_over)
    return waits or transitions.resolve(ticket, asker.account, asker.at, "solved")


def _close(ticket: Ticket, asker: Asker) -> object:
    return transitions.close(
        ticket,
        asker.at,
        timedelta(),
        is_change_delivered=asker.is_change_delivered,
        is_problem_settled=asker.is_problem_settled,
    )


def _unmerge(ticket: Ticket, asker: Asker) -> object:
    return unmerging.request_unmerge(ticket, _survivor(ticket), asker.account, asker.at, "")


def _confirm_unmerge(ticket: Ticket, asker: Asker) -> object:
    pending = ticket.pending_unmerge
    person = asker.counted_as(pending.requested_by if pending else None)
    return unmerging.confirm_unmerge(ticket, _survivor(ticket), person)


def _correct_detection(ticket: Ticket, asker: Asker) -> object:
    return detection.correct_detection(ticket, "ops", asker.account, asker.at, "")


def _confirm_detection(ticket: Ticket, asker: Asker) -> object:
    pending = ticket.pending_detection
    person = asker.counted_as(pending.requested_by if pending else None)
    return detection.confirm_detection(ticket, person)


def _survivor(ticket: Ticket) -> Ticket:
    """A stand-in for the ticket into which it was merged; the route looks whether that is merged itself."""
    return replace(ticket, merged_into=None)


def _merge(ticket: Ticket, _: Asker) -> object:
    return merging.merge(ticket, replace(ticket, id=UUID(int=0)))


def _prioritise(ticket: Ticket, asker: Asker) -> object:
    present = PriorityAssessment(ticket.priority)
    return prioritisation.prioritise(ticket, present, asker.account, ticket.opened_at, "")


def _reclassify(ticket: Ticket, asker: Asker) -> object:
    return classification.reclassify(ticket, Classification(), asker.account, ticket.opened_at, "")


WORK: Final = "tickets:work"
VERIFY: Final = "tickets:verify"
REPLY: Final = "tickets:reply"

ACTS: Final = (
    ActRule(
        "reply",
        REPLY,
        lambda t, who: check_reply(t, "public", from_customer=who.is_contact, at=who.at),
    ),
    ActRule(
        "note",
        REPLY,
        lambda t, who: check_reply(t, "internal", from_customer=who.is_contact, at=who.at),
    ),
    ActRule("triage", WORK, lambda t, _: check_triage(t)),
    ActRule("assign", WORK, lambda t, who: transitions.assign(t, who.account)),
    ActRule("prioritise", WORK, _prioritise),
    ActRule("confirm_priority", WORK, _confirm_priority),
    ActRule("decline_priority", WORK, lambda t, _: prioritisation.decline(t)),
    ActRule("reclassify", WORK, _reclassify),
    ActRule("confirm_classification", WORK, _confirm_classification),
    ActRule("decline_classification", WORK, lambda t, _: classification.decline(t)),
    ActRule(
        "confirm_blocker",
        WORK,
        lambda t, who: blocker.confirm_blocker(t, who.counted_as(t.opened_by)),
    ),
    ActRule("forward", WORK, lambda t, _: transitions.forward(t, "second_level")),
    ActRule("hand_back", WORK, lambda t, _: transitions.hand_back(t)),
    ActRule("workaround", WORK, lambda t, _: transitions.record_workaround(t)),
    ActRule(
        "hold", WORK, lambda t, _: transitions.put_on_hold(t, "second_level", question_asked=True)
    ),
    ActRule("resume", WORK, lambda t, _: transitions.resume(t)),
    ActRule("resolve", WORK, _resolve),
    ActRule("verify", VERIFY, _verify),
    ActRule("reject", VERIFY, lambda t, who: transitions.reject(t, who.counted_as(t.resolved_by))),
    ActRule("close", WORK, _close),
    ActRule("reopen", WORK, lambda t, who: transitions.reopen(t, who.at)),
    ActRule("merge", WORK, _merge),
    ActRule("unmerge", WORK, _unmerge),
    ActRule("confirm_unmerge", WORK, _confirm_unmerge),
    ActRule("decline_unmerge", WORK, lambda t, _: unmerging.decline_unmerge(t)),
    ActRule("correct_detection", WORK, _correct_detection),
    ActRule("confirm_detection", WORK, _confirm_detection),
    ActRule("decline_detection", WORK, lambda t, _: detection.decline_detection(t)),
    ActRule("tag", WORK, lambda t, _: tag(t, t.tags)),
    ActRule("split", WORK, lambda t, _: transitions.check_splittable(t)),
)
"""Every act on a ticket. One that a route offers stands here as well."""


def first_persons(ticket: Ticket) -> set[str]:
    """The accounts that a second person is compared with on this ticket."""
    pending = (
        ticket.pending_downgrade,
        ticket.pending_reclassification,
        ticket.pending_unmerge,
        ticket.pending_detection,
    )
    named = {ticket.opened_by, ticket.resolved_by, *(one.requested_by for one in pending if one)}
    return {account for account in named if account is not None}


def allowed_acts(ticket: Ticket, asker: Asker) -> Iterator[AllowedAct]:
    """Every act with whether this caller may do it now."""
    return (_allowed(ticket, asker, rule) for rule in ACTS)


def _allowed(ticket: Ticket, asker: Asker, rule: ActRule) -> AllowedAct:
    return judge_act(
        rule.act,
        rule.permission,
        is_held=rule.permission in asker.permissions,
        state=ticket.state,
        ask=lambda: rule.decide(ticket, asker),
    )
