"""All violations that block a delivery of a version to an environment now (G4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from delivery_gate.criteria.domain.criteria import (
    Check,
    Criteria,
    Lifecycle,
    Requirements,
    check_violations,
    promotion_violations,
    readiness_violations,
)
from delivery_gate.criteria.domain.verdict import Reason, Verdict, build_verdict
from delivery_gate.environments.domain import Environment, environment_violations
from delivery_gate.follow_ups.domain import FollowUp, hold_violations
from delivery_gate.versions.domain import Reference, Version, naming_violations


@dataclass(frozen=True, slots=True)
class EvaluationInput:
    """What is known about a request at the moment of a decision, read under the environment's lock.

    `version` is the registered one that the request names, if any. `follow_ups` are the unconfirmed
    ones of the product. `verified_in`: tiers in which this digest was verified, at any customer.
    """

    criteria: Criteria
    environment: Environment
    version: Version | None = None
    checks: tuple[Check, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    verified_in: frozenset[str] = frozenset()
    blocker_open: bool = False
    busy: bool = False  # another delivery is being rolled out on this environment

    @property
    def requirements(self) -> Requirements:
        """What the environment's tier asks."""
        return self.criteria.requirements_for(self.environment.tier)


def evaluate(
    requested: Reference,
    readiness: Mapping[str, str],
    lifecycle: Lifecycle,
    evaluation_input: EvaluationInput,
    now: datetime,
) -> Verdict:
    """The verdict on a request. `accepted` means that people may review it, not that it is approved."""
    digest = evaluation_input.version.digest if evaluation_input.version else None
    reasons = [
        *naming_violations(requested, evaluation_input.version),
        *_version_violations(evaluation_input, lifecycle, now),
        *readiness_violations(evaluation_input.requirements, readiness),
        *hold_violations(evaluation_input.follow_ups, requested, digest),
        *environment_violations(evaluation_input.environment, evaluation_input.version),
    ]
    return build_verdict(reasons, evaluation_input.criteria.version, now)


def _version_violations(
    evaluation_input: EvaluationInput, lifecycle: Lifecycle, now: datetime
) -> list[Reason]:
    if evaluation_input.version is None:
        return []
    requirements, debt = evaluation_input.requirements, evaluation_input.environment.debt
    urgent = evaluation_input.blocker_open or (
        debt is not None and debt.change_id in evaluation_input.version.contains
    )
    return [
        *check_violations(
            requirements, evaluation_input.checks, evaluation_input.criteria.check_age, now
        ),
        *promotion_violations(requirements, lifecycle, evaluation_input.verified_in, urgent=urgent),
    ]
