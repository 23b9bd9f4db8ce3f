"""The gate without a database: load, decide (the real core), store. For the stateful test."""

from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from delivery_gate.criteria.domain.criteria import FIRST_CRITERIA, Check
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    Delivery,
    Evaluation,
    close_waiting,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.emergencies.domain import Blocker, EmergencyChange, settle
from delivery_gate.environments.domain import (
    DEFAULT_DEBT_DEADLINE,
    Environment,
    apply_version,
    incur_debt,
)
from delivery_gate.follow_ups.domain import FollowUp, HeldVersion, follow_up_work, holds
from delivery_gate.versions.domain import Version

BEGINNING: Final = datetime(2030, 1, 7, 9, tzinfo=UTC)


class InMemoryGate:
    """One product `billing`, two environments of one customer, one ticket."""

    def __init__(self) -> None:
        self.now, self.ids, self.criteria = BEGINNING, 0, FIRST_CRITERIA
        self.versions: dict[str, Version] = {}
        self.checks: dict[str, list[Check]] = {}
        self.deliveries: dict[UUID, Delivery] = {}
        self.follow_ups: dict[UUID, FollowUp] = {}
        self.emergencies: dict[UUID, EmergencyChange] = {}
        self.blocker = Blocker(UUID(int=0), "OPS-1", "acme-prod", "open")
        self.verified: set[tuple[str, str]] = set()
        self.environments = {
            key: Environment(UUID(int=9), key, UUID(int=8), "acme", tier)
            for key, tier in (("acme-prod", "production"), ("acme-staging", "staging"))
        }

    def new_id(self) -> UUID:
        """An hour passes with everything that happens."""
        self.ids += 1
        self.now += timedelta(hours=1)
        return UUID(int=self.ids)

    def version_of(self, delivery: Delivery) -> Version | None:
        return self.versions.get(delivery.requested.name or "")

    def holding(self, delivery: Delivery) -> tuple[FollowUp, ...]:
        version = self.version_of(delivery)
        digest = version.digest if version else None
        return tuple(f for f in self.follow_ups.values() if holds(f, delivery.requested, digest))

    def evaluation_input(self, delivery: Delivery) -> EvaluationInput:
        version, here = self.version_of(delivery), delivery.environment
        digest = version.digest if version else ""
        return EvaluationInput(
            criteria=self.criteria,
            environment=self.environments[here],
            version=version,
            checks=tuple(self.checks.get(digest, ())),
            follow_ups=self.holding(delivery),
            verified_in=frozenset(tier for seen, tier in self.verified if seen == digest),
            blocker_open=self.blocker.state == "open" and self.blocker.environment == here,
            busy=any(
                other.state in RUNNING_STATES and other.environment == here
                for other in self.deliveries.values()
            ),
        )

    def save(self, evaluation: Evaluation) -> None:
        """Store the delivery, and open what the verdict obliges to."""
        delivery = evaluation.delivery
        due = follow_up_work(evaluation.verdict, evaluation.work)
        held = HeldVersion(delivery.requested.product, delivery.requested.name, delivery.digest)
        for kind, demand in due.items():
            id, here = self.new_id(), delivery.environment
            self.follow_ups[id] = FollowUp(
                id, f"FUP-{self.ids}", kind, demand, delivery.id, here, held, self.now
            )
        self.deliveries[delivery.id] = delivery

    def receive(self, delivery: Delivery, version: Version) -> None:
        """It was delivered: what runs, what is settled, what is overtaken."""
        environment = self.environments[delivery.environment]
        self.environments[environment.key] = apply_version(environment, version)
        self.verified.add((version.digest, environment.tier))
        for change in list(self.emergencies.values()):
            if change.id in version.contains and change.environment == environment.key:
                self.emergencies[change.id] = settle(change, delivery.id, self.now)
        for other in list(self.deliveries.values()):
            older = self.version_of(other)
            if older and older.ordinal < version.ordinal and other.environment == environment.key:
                self.deliveries[other.id] = close_waiting(other, "superseded", self.now)

    def apply(self, change: EmergencyChange) -> None:
        """An emergency change was applied: its environment owes it."""
        environment = self.environments[change.environment]
        self.emergencies[change.id] = change
        self.environments[environment.key] = incur_debt(
            environment, change.id, change.key, self.now, DEFAULT_DEBT_DEADLINE
        )
