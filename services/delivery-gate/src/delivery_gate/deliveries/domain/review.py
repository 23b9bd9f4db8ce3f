"""People's part before a delivery: they approve it, one by one, or refuse it. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from delivery_gate.criteria.domain.verdict import Code, Denied, FollowUpKind, Reason, Verdict
from delivery_gate.deliveries.domain.delivery import (
    WAITING,
    Approval,
    Binding,
    Delivery,
    Judged,
    ended,
)
from delivery_gate.deliveries.domain.evaluation import Facts


def standing(delivery: Delivery, criteria_version: int) -> tuple[Approval, ...]:
    """The approvals that still count: given for exactly this, under the criteria of now."""
    binding = binding_of(delivery, criteria_version)
    return tuple(approval for approval in delivery.approvals if approval.binding == binding)


def approve(
    delivery: Delivery, by: str, roles: frozenset[str], facts: Facts, now: datetime
) -> Delivery | Denied:
    """One more person says yes. The last one needed makes it `approved`."""
    counted = standing(delivery, facts.criteria.version)
    if denied := _may_not_approve(delivery, by, roles, facts, counted):
        return denied
    approval = Approval(by, now, binding_of(delivery, facts.criteria.version))
    enough = len(counted) + 1 >= facts.demand.approvals
    return replace(
        delivery,
        approvals=(*delivery.approvals, approval),
        state="approved" if enough else "in_review",
    )


def _may_not_approve(
    delivery: Delivery,
    by: str,
    roles: frozenset[str],
    facts: Facts,
    counted: tuple[Approval, ...],
) -> Denied | None:
    if delivery.state not in {"in_review", "approved"}:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state}, not in review.")
    if by == delivery.requested_by:
        return Denied(Code.SELF_APPROVAL, "You requested it; other people have to approve.")
    if roles.isdisjoint(facts.criteria.approver_roles):
        wanted = ", ".join(sorted(facts.criteria.approver_roles))
        return Denied(Code.ROLE_MISSING, f"Approving needs one of the roles {wanted}.")
    if any(approval.by == by for approval in counted):
        return Denied(Code.ALREADY_COUNTED, "Your approval counts already; another is needed.")
    if len(counted) >= facts.demand.approvals:
        return Denied(Code.NOT_REVIEWABLE, "This delivery has all the approvals it needs.")
    return None


def refuse(
    delivery: Delivery,
    reasons: tuple[Reason, ...],
    work: Mapping[FollowUpKind, str],
    criteria_version: int,
    now: datetime,
) -> Judged | Denied:
    """A person's judgement against the version; green checks do not stand in its way (R6, G4)."""
    if delivery.state not in WAITING:
        return Denied(Code.NOT_REVIEWABLE, f"This delivery is {delivery.state} already.")
    if not reasons or not all(reason.argument.strip() for reason in reasons):
        return Denied(Code.REASON_REQUIRED, "A refusal needs an argument for every reason.")
    if not work:
        return Denied(Code.FOLLOWUP_REQUIRED, "Say what has to be done: name a follow-up.")
    verdict = Verdict("refused", reasons, criteria_version, now)
    return Judged(ended(delivery, "refused", now), verdict, work)


def binding_of(delivery: Delivery, criteria_version: int) -> Binding:
    return Binding(delivery.digest or "", criteria_version, delivery.environment, delivery.attempt)
