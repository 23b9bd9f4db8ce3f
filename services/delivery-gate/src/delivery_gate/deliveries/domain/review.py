"""People's part before a delivery: each approves it, or one refuses it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from common.domain import Rejection
from delivery_gate.criteria.domain.verdict import FollowUpKind, Reason, ReasonCode, Verdict
from delivery_gate.deliveries.domain.delivery import (
    WAITING_STATES,
    Approval,
    Binding,
    Delivery,
    Evaluation,
    finish,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.environments.domain import check_not_ended


def valid_approvals(delivery: Delivery, criteria_version: int) -> tuple[Approval, ...]:
    """The approvals that count: given for exactly this, under the present criteria."""
    binding = binding_of(delivery, criteria_version)
    return tuple(approval for approval in delivery.approvals if approval.binding == binding)


def approve(
    delivery: Delivery,
    actor: str,
    roles: frozenset[str],
    evaluation_input: EvaluationInput,
    now: datetime,
) -> Delivery | Rejection:
    """Add a person's approval. The last one that is needed makes the delivery `approved`."""
    if rejection := check_not_ended(evaluation_input.environment):
        return rejection
    valid = valid_approvals(delivery, evaluation_input.criteria.version)
    if rejection := _approval_rejection(delivery, actor, roles, evaluation_input, valid):
        return rejection
    approval = Approval(actor, now, binding_of(delivery, evaluation_input.criteria.version))
    enough = len(valid) + 1 >= evaluation_input.requirements.approvals
    return replace(
        delivery,
        approvals=(*delivery.approvals, approval),
        state="approved" if enough else "in_review",
    )


def _approval_rejection(
    delivery: Delivery,
    actor: str,
    roles: frozenset[str],
    evaluation_input: EvaluationInput,
    valid: tuple[Approval, ...],
) -> Rejection | None:
    if delivery.state not in {"in_review", "approved"}:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state}, not in review.",
            {"state": delivery.state},
        )
    if actor == delivery.requested_by:
        return Rejection(
            ReasonCode.SELF_APPROVAL, "You requested it; other people have to approve."
        )
    if roles.isdisjoint(evaluation_input.criteria.approver_roles):
        allowed_roles = ", ".join(sorted(evaluation_input.criteria.approver_roles))
        return Rejection(
            ReasonCode.ROLE_MISSING, f"Approving needs one of the roles {allowed_roles}."
        )
    if any(approval.by == actor for approval in valid):
        return Rejection(
            ReasonCode.ALREADY_COUNTED, "Your approval counts already; another is needed."
        )
    if len(valid) >= evaluation_input.requirements.approvals:
        return Rejection(ReasonCode.NOT_REVIEWABLE, "This delivery has all the approvals it needs.")
    return None


def refuse(
    delivery: Delivery,
    reasons: tuple[Reason, ...],
    work: Mapping[FollowUpKind, str],
    criteria_version: int,
    now: datetime,
) -> Evaluation | Rejection:
    """Refuse a version, as a person, even where all checks have passed (R6, G4)."""
    if delivery.state not in WAITING_STATES:
        return Rejection(
            ReasonCode.NOT_REVIEWABLE,
            f"This delivery is {delivery.state} already.",
            {"state": delivery.state},
        )
    if not reasons or not all(reason.justification.strip() for reason in reasons):
        return Rejection(
            ReasonCode.REASON_REQUIRED, "A refusal needs a justification for every reason."
        )
    if not work:
        return Rejection(
            ReasonCode.FOLLOWUP_REQUIRED,
            "A refusal needs at least one follow-up: name what has to be done.",
        )
    verdict = Verdict("refused", reasons, criteria_version, now)
    return Evaluation(finish(delivery, "refused", now), verdict, work)


def binding_of(delivery: Delivery, criteria_version: int) -> Binding:
    """What an approval given now would be about."""
    return Binding(delivery.digest or "", criteria_version, delivery.environment, delivery.attempt)
