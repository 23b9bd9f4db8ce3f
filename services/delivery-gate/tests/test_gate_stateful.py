"""No sequence of commands lets an unversioned change or a self-approved delivery through."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from common.domain import Rejection
from delivery_gate.criteria.domain.criteria import READINESS, Check, CheckResult
from delivery_gate.criteria.domain.verdict import Reason, ReasonCode
from delivery_gate.deliveries.domain.delivery import (
    RUNNING_STATES,
    WAITING_STATES,
    Delivery,
    Evaluation,
    evaluate_delivery,
)
from delivery_gate.deliveries.domain.evaluation import EvaluationInput
from delivery_gate.deliveries.domain.review import approve, refuse
from delivery_gate.deliveries.domain.rollout import fail, start, verify
from delivery_gate.emergencies import domain as emergency
from delivery_gate.emergencies.domain import BlockerState, EmergencyChange
from delivery_gate.environments.domain import Environment
from delivery_gate.follow_ups.domain import FollowUp, close, confirm
from delivery_gate.versions.domain import Reference, Version, register
from delivery_gate_support.in_memory_gate import InMemoryGate

pytestmark = pytest.mark.thorough

PEOPLE = st.sampled_from(["anna", "omar", "quin", "ci"])
ENVIRONMENTS = st.sampled_from(["acme-prod", "acme-staging"])
NAMES = ["1.0", "1.1", "1.2", "1.3"]
DIGESTS = ["sha256:" + digit * 64 for digit in "123"]
READY = {item: "https://wiki.example" for item in READINESS}
NOT_FIT = Reason(ReasonCode.READINESS_MISSING, "handover", "Nobody knows how to roll back.")


class Gate(RuleBasedStateMachine):
    deliveries = Bundle("deliveries")

    def __init__(self) -> None:
        super().__init__()
        self.memory = InMemoryGate()

    # Versions and checks

    @initialize()
    def something_worth_delivering(self) -> None:
        for name, digest in zip(NAMES, DIGESTS, strict=False):
            self.registered(name, digest)
            self.checked(digest, "passed")

    @rule(name=st.sampled_from([*NAMES, "latest"]), digest=st.sampled_from(DIGESTS))
    def registered(self, name: str, digest: str) -> None:
        """A new version contains whatever is owed just now."""
        memory, id = self.memory, self.memory.new_id()
        owed = frozenset(c.id for c in memory.emergencies.values() if c.state == "applied")
        wanted = Version(id, "billing", name, digest, owed, memory.ids, "ci", memory.now)
        answer = register(wanted, memory.versions.get(name))
        if isinstance(answer, Version):
            assert memory.versions.get(name, answer) == answer, "G1: bound for ever"
            memory.versions[name] = answer

    @rule(
        digest=st.sampled_from(DIGESTS),
        result=st.sampled_from(["passed", "passed", "passed", "failed"]),
    )
    def checked(self, digest: str, result: CheckResult) -> None:
        self.memory.new_id()
        kinds = ("regression_test", "vulnerability_scan")
        runs = [Check(kind, result, self.memory.now) for kind in kinds]
        self.memory.checks.setdefault(digest, []).extend(runs)

    @rule()
    def criteria_changed(self) -> None:
        criteria = self.memory.criteria
        self.memory.criteria = replace(criteria, version=criteria.version + 1)

    # Deliveries

    def save(self, judged: Evaluation | Rejection) -> Evaluation | None:
        """R6: a refusal has a follow-up of its own, or those that hold the version already."""
        if isinstance(judged, Rejection):
            return None
        self.memory.save(judged)
        if judged.is_refusal:
            work = [f.delivery_id for f in self.memory.follow_ups.values()]
            held = any(reason.code is ReasonCode.FOLLOWUP_OPEN for reason in judged.verdict.reasons)
            assert judged.delivery.id in work or held
        return judged

    @rule(
        target=deliveries,
        name=st.sampled_from([*NAMES, *NAMES, "latest", None]),
        to=ENVIRONMENTS,
        by=PEOPLE,
    )
    def submitted(self, name: str | None, to: str, by: str) -> UUID:
        return self.submit(name, to, by)

    def submit(self, name: str | None, to: str, by: str) -> UUID:
        memory, wanted = self.memory, Reference("billing", name)
        id = memory.new_id()
        request = Delivery(id, "DEL-1", wanted, to, "hotfix", READY, 1, by, memory.now)
        self.save(evaluate_delivery(request, memory.evaluation_input(request), memory.now))
        return id

    @rule(id=deliveries, people=st.lists(PEOPLE, min_size=1, max_size=3))
    def approved(self, id: UUID, people: list[str]) -> None:
        for by in people:
            delivery = self.memory.deliveries[id]
            evaluation_input = self.memory.evaluation_input(delivery)
            answer = approve(
                delivery, by, frozenset({"ops", "qc"}), evaluation_input, self.memory.now
            )
            if isinstance(answer, Delivery):
                self.memory.deliveries[id] = answer

    @rule(target=deliveries, name=st.sampled_from(NAMES), to=ENVIRONMENTS, by=PEOPLE)
    def approved_by_everybody(self, name: str, to: str, by: str) -> UUID:
        """A short cut, so that much is ready to start."""
        id = self.submit(name, to, by)
        self.approved(id, ["anna", "omar", "quin"])
        return id

    @rule(id=deliveries)
    def refused(self, id: UUID) -> None:
        delivery = self.memory.deliveries[id]
        self.save(refuse(delivery, (NOT_FIT,), {"retest": "Try it."}, 1, self.memory.now))

    @rule(id=deliveries, other=st.sampled_from([None, None, None, DIGESTS[2]]))
    def started(self, id: UUID, other: str | None) -> None:
        before = self.memory.deliveries[id]
        digest = other or before.digest or DIGESTS[0]
        evaluation_input = self.memory.evaluation_input(before)
        stored = self.save(start(before, "ci", digest, evaluation_input, self.memory.now))
        if stored is not None and stored.delivery.state == "delivering":
            self.assert_nothing_speaks_against(stored.delivery, digest, evaluation_input)

    def assert_nothing_speaks_against(
        self, delivery: Delivery, digest: str, evaluation_input: EvaluationInput
    ) -> None:
        version = self.memory.versions[delivery.requested.name or ""]
        assert version.digest == digest == delivery.digest, "R7: nothing unversioned"
        people = {
            approval.by
            for approval in delivery.approvals
            if approval.binding.criteria_version == self.memory.criteria.version
        }
        others = people - {delivery.requested_by}
        assert len(others) >= evaluation_input.requirements.approvals, (
            "G3: others approved, enough of them"
        )
        assert not self.memory.holding(delivery), "G5: no open follow-up"
        debt = self.memory.environments[delivery.environment].debt
        assert debt is None or debt.change_id in version.contains, "G8: the debt comes first"
        assert not evaluation_input.busy, "G11: one at a time"

    @rule(id=deliveries, good=st.booleans())
    def verified_or_failed(self, id: UUID, good: bool) -> None:
        delivery, now = self.memory.deliveries[id], self.memory.now
        environment = self.memory.environments[delivery.environment]
        digest = delivery.digest or DIGESTS[0]
        broken = fail(delivery, "It does not answer.", None, 1, now)
        stored = self.save(verify(delivery, digest, environment, 1, now) if good else broken)
        if stored is not None and good:
            version = self.memory.versions[delivery.requested.name or ""]
            self.memory.receive(stored.delivery, version)

    @rule(closer=PEOPLE, confirmer=PEOPLE)
    def followed_up(self, closer: str, confirmer: str) -> None:
        now = self.memory.now
        for follow_up in list(self.memory.follow_ups.values()):
            closed = close(follow_up, closer, "run 7", now)
            answer = confirm(follow_up if isinstance(closed, Rejection) else closed, confirmer, now)
            if isinstance(answer, FollowUp):
                assert answer.closed_by != answer.confirmed_by, "R1"
                self.memory.follow_ups[answer.id] = answer

    # Emergencies

    @rule(state=st.sampled_from(["open", "open", "lowered", "closed"]), on=ENVIRONMENTS)
    def blocker_moved(self, state: BlockerState, on: str) -> None:
        self.memory.blocker = replace(self.memory.blocker, state=state, environment=on)

    @rule(on=ENVIRONMENTS, asks=PEOPLE, authorizes=st.lists(PEOPLE, max_size=2), applies=PEOPLE)
    def emergency(self, on: str, asks: str, authorizes: list[str], applies: str) -> None:
        memory, environment, blocker = (
            self.memory,
            self.memory.environments[on],
            self.memory.blocker,
        )
        id, ticket = memory.new_id(), blocker.ticket_id
        asked = EmergencyChange(id, "EMC-1", on, ticket, blocker.key, "Raise it.", asks, memory.now)
        change = emergency.request(asked, blocker, environment, None)
        for by in authorizes:
            if isinstance(change, EmergencyChange):
                known = (blocker, environment)
                authorized = emergency.authorize(change, by, memory.now, *known, is_current=True)
                change = change if isinstance(authorized, Rejection) else authorized
        if isinstance(change, EmergencyChange):
            done = emergency.apply(
                change, applies, memory.now, blocker, environment, busy=False, is_current=True
            )
            if isinstance(done, EmergencyChange):
                self.assert_nothing_forbids(done, environment)
                memory.apply(done)

    def assert_nothing_forbids(self, change: EmergencyChange, environment: Environment) -> None:
        assert self.memory.blocker.state == "open", "R7: only for an open Blocker"
        assert self.memory.blocker.environment == environment.key, "R7: on this very environment"
        assert change.authorized_by not in {None, change.requested_by}, "G8: a second person"
        assert environment.debt is None, "G8: no second emergency"

    # What holds always

    @invariant()
    def one_delivery_runs_per_environment(self) -> None:
        deliveries = self.memory.deliveries.values()
        running = [one.environment for one in deliveries if one.state in RUNNING_STATES]
        assert len(running) == len(set(running)), "G11"

    @invariant()
    def what_runs_is_a_registered_version(self) -> None:
        known = {version.digest for version in self.memory.versions.values()}
        for environment in self.memory.environments.values():
            assert set(environment.running.values()) <= known, "R7"

    @invariant()
    def a_debt_and_an_applied_change_are_the_same_thing(self) -> None:
        environments, changes = self.memory.environments.values(), self.memory.emergencies.values()
        owed = {environment.debt.change_id for environment in environments if environment.debt}
        assert owed == {change.id for change in changes if change.state == "applied"}

    @invariant()
    def what_waits_has_not_ended(self) -> None:
        for one in self.memory.deliveries.values():
            assert (one.ended_at is None) == (one.state in WAITING_STATES | RUNNING_STATES)


TestGate = Gate.TestCase
TestGate.settings = settings(
    max_examples=400,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
