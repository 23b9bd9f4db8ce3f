"""Everything that speaks against a version going to an environment now, all at once (G4). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from delivery_gate.criteria.domain.criteria import (
    Check,
    Criteria,
    Demand,
    Lifecycle,
    check_shortcomings,
    promotion_shortcomings,
    readiness_shortcomings,
)
from delivery_gate.criteria.domain.verdict import Reason, Verdict, verdict_of
from delivery_gate.environments.domain import Environment, environment_shortcomings
from delivery_gate.follow_ups.domain import FollowUp, hold_shortcomings
from delivery_gate.versions.domain import Reference, Version, naming_shortcomings


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a request at the moment of a decision, read under the environment's lock.

    `version` is what the reference resolves to, if anything. `follow_ups` are the unconfirmed ones
    of the product. `verified_in`: tiers in which this digest was verified, at any customer.
    """

    criteria: Criteria
    environment: Environment
    version: Version | None = None
    checks: tuple[Check, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    verified_in: frozenset[str] = frozenset()
    blocker_open: bool = False
    busy: bool = False  # another delivery is delivering or verifying here

    @property
    def demand(self) -> Demand:
        return self.criteria.demand(self.environment.tier)


def judge(
    wanted: Reference,
    readiness: Mapping[str, str],
    lifecycle: Lifecycle,
    facts: Facts,
    now: datetime,
) -> Verdict:
    """Accepted means: a person may look at it. Nothing here approves anything."""
    digest = facts.version.digest if facts.version else None
    reasons = [
        *naming_shortcomings(wanted, facts.version),
        *_version_shortcomings(facts, lifecycle, now),
        *readiness_shortcomings(facts.demand, readiness),
        *hold_shortcomings(facts.follow_ups, wanted, digest),
        *environment_shortcomings(facts.environment, facts.version),
    ]
    return verdict_of(reasons, facts.criteria.version, now)


def _version_shortcomings(facts: Facts, lifecycle: Lifecycle, now: datetime) -> list[Reason]:
    """What only a known version can be asked."""
    if facts.version is None:
        return []
    demand, debt = facts.demand, facts.environment.debt
    urgent = facts.blocker_open or (debt is not None and debt.change_id in facts.version.contains)
    return [
        *check_shortcomings(demand, facts.checks, facts.criteria.check_age, now),
        *promotion_shortcomings(demand, lifecycle, facts.verified_in, urgent=urgent),
    ]
