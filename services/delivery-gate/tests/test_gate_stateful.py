"""No sequence of commands lets an unversioned change or a self-approved delivery through."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from delivery_gate import emergency
from delivery_gate.criteria import FIRST_CRITERIA, READINESS, Check, CheckResult
from delivery_gate.delivery import RUNNING, WAITING, Delivery, Judged, evaluate, set_aside
from delivery_gate.emergency import Blocker, BlockerState, EmergencyChange
from delivery_gate.environment import DEBT_AFTER, Environment, indebt, receive
from delivery_gate.follow_up import FollowUp, Held, close, confirm, holds
from delivery_gate.judgement import Facts
from delivery_gate.review import approve, refuse
from delivery_gate.rollout import fail, start, verify
from delivery_gate.verdict import Code, Denied, Reason, Verdict, follow_ups_due
from delivery_gate.version import Reference, Version, register

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)
PEOPLE = st.sampled_from(["anna", "omar", "quin", "ci"])
ENVIRONMENTS = st.sampled_from(["acme-prod", "acme-staging"])
NAMES = ["1.0", "1.1"]
DIGESTS = ["sha256:" + digit * 64 for digit in "123"]
READY = {item: "https://wiki.example" for item in READINESS}
NOT_FIT = Reason(Code.READINESS_MISSING, "handover", "Nobody knows how to roll back.")


class Gate(RuleBasedStateMachine):
    """The edges in memory: load, decide (the real core), store."""

    deliveries = Bundle("deliveries")

    def __init__(self) -> None:
        super().__init__()
        self.now, self.ids, self.criteria = NINE, 0, FIRST_CRITERIA
        self.versions: dict[str, Version] = {}
        self.checks: dict[str, list[Check]] = {}
        self.kept: dict[UUID, Delivery] = {}
        self.follow_ups: dict[UUID, FollowUp] = {}
        self.emergencies: dict[UUID, EmergencyChange] = {}
        self.blocker = Blocker(UUID(int=0), "OPS-1", "acme-prod", "open")
        self.verified: set[tuple[str, str]] = set()
        self.environments = {
            key: Environment(UUID(int=9), key, UUID(int=8), "acme", tier)
            for key, tier in (("acme-prod", "production"), ("acme-staging", "staging"))
        }

    def new_id(self) -> UUID:
        self.ids += 1
        self.now += timedelta(hours=1)
        return UUID(int=self.ids)

    def facts(self, delivery: Delivery) -> Facts:
        version = self.versions.get(delivery.wanted.name or "")
        digest = version.digest if version else ""
        return Facts(
            self.criteria,
            self.environments[delivery.environment],
            version,
            tuple(self.checks.get(digest, ())),
            tuple(self.follow_ups.values()),
            frozenset(tier for seen, tier in self.verified if seen == digest),
            self.blocker.state == "open" and self.blocker.environment == delivery.environment,
            any(
                other.state in RUNNING and other.environment == delivery.environment
                for other in self.kept.values()
            ),
        )

    def keep(self, judged: Judged) -> None:
        self.kept[judged.delivery.id] = judged.delivery
        named = {kind: (NOT_FIT,) for kind in judged.work}
        for kind, reasons in (named or follow_ups_due(judged.verdict)).items():
            delivery, id = judged.delivery, self.new_id()
            held = Held(delivery.wanted.product, delivery.wanted.name, delivery.digest)
            self.follow_ups[id] = FollowUp(
                id,
                "FUP-1",
                kind,
                reasons[0].argument,
                delivery.id,
                delivery.environment,
                held,
                self.now,
            )
        self.a_refusal_is_followed_up(judged.delivery, judged.verdict)

    def a_refusal_is_followed_up(self, delivery: Delivery, verdict: Verdict) -> None:
        """R6: by a follow-up of its own, or by those that hold the version already."""
        if verdict.outcome == "refused":
            own = [one for one in self.follow_ups.values() if one.delivery_id == delivery.id]
            assert own or any(reason.code is Code.FOLLOWUP_OPEN for reason in verdict.reasons)

    # Versions and checks

    @initialize()
    def something_worth_delivering(self) -> None:
        for name, digest in zip(NAMES, DIGESTS, strict=False):
            self.registered(name, digest, contains=False)
            self.checked(digest, "passed")

    @rule(name=st.sampled_from([*NAMES, "latest"]), digest=st.sampled_from(DIGESTS))
    def registered(self, name: str, digest: str, contains: bool = True) -> None:
        owed = {one.id for one in self.emergencies.values() if one.state == "applied"}
        declared = frozenset(owed if contains else ())
        wanted = Version(self.new_id(), "billing", name, digest, declared, self.ids, "ci", self.now)
        answer = register(wanted, self.versions.get(name))
        if isinstance(answer, Version):
            assert self.versions.get(name, answer) == answer, "G1: bound for ever"
            self.versions[name] = answer

    @rule(
        digest=st.sampled_from(DIGESTS),
        result=st.sampled_from(["passed", "passed", "passed", "failed"]),
    )
    def checked(self, digest: str, result: CheckResult) -> None:
        self.new_id()
        runs = [Check(k, result, self.now) for k in ("regression_test", "vulnerability_scan")]
        self.checks.setdefault(digest, []).extend(runs)

    @rule()
    def criteria_changed(self) -> None:
        self.criteria = replace(self.criteria, version=self.criteria.version + 1)

    # Deliveries

    @rule(
        target=deliveries,
        name=st.sampled_from([*NAMES, *NAMES, *NAMES, "latest", None]),
        to=ENVIRONMENTS,
        by=PEOPLE,
    )
    def submitted(self, name: str | None, to: str, by: str) -> UUID:
        wanted = Reference("billing", name)
        request = Delivery(self.new_id(), "DEL-1", wanted, to, "hotfix", READY, 1, by, self.now)
        self.keep(evaluate(request, self.facts(request), self.now))
        return request.id

    @rule(id=deliveries, people=st.lists(PEOPLE, min_size=1, max_size=3))
    def approved(self, id: UUID, people: list[str]) -> None:
        for by in people:
            delivery = self.kept[id]
            roles = frozenset({"ops", "qc"})
            answer = approve(delivery, by, roles, self.facts(delivery), self.now)
            if isinstance(answer, Delivery):
                self.kept[id] = answer

    @rule(id=deliveries)
    def refused(self, id: UUID) -> None:
        answer = refuse(self.kept[id], (NOT_FIT,), {"retest": "Try it."}, 1, self.now)
        if isinstance(answer, Judged):
            self.keep(answer)

    @rule(id=deliveries, other=st.sampled_from([None, None, None, DIGESTS[2]]))
    def started(self, id: UUID, other: str | None) -> None:
        before = self.kept[id]
        digest = other or before.digest or DIGESTS[0]
        facts = self.facts(before)
        answer = start(before, "ci", digest, facts, self.now)
        if isinstance(answer, Judged):
            self.keep(answer)
            if answer.delivery.state == "delivering":
                self.nothing_speaks_against(answer.delivery, digest, facts)

    def nothing_speaks_against(self, delivery: Delivery, digest: str, facts: Facts) -> None:
        version = self.versions[delivery.wanted.name or ""]
        assert version.digest == digest == delivery.digest, "R7: nothing unversioned"
        others = {
            approval.by
            for approval in delivery.approvals
            if approval.binding.criteria_version == self.criteria.version
        } - {delivery.requested_by}
        assert len(others) >= facts.demand.approvals, "G3: others approved, enough of them"
        held = [f for f in self.follow_ups.values() if holds(f, delivery.wanted, digest)]
        assert not held, "G5: no open follow-up"
        debt = self.environments[delivery.environment].debt
        assert debt is None or debt.change_id in version.contains, "G8: the debt comes first"
        assert not facts.busy, "G11: one at a time"

    @rule(id=deliveries, good=st.booleans())
    def verified_or_failed(self, id: UUID, good: bool) -> None:
        delivery = self.kept[id]
        digest = delivery.digest or DIGESTS[0]
        ending = (
            verify(delivery, digest, 1, self.now)
            if good
            else fail(delivery, "It does not answer.", None, 1, self.now)
        )
        if isinstance(ending, Denied):
            return
        self.keep(ending)
        if good:
            self.delivered(ending.delivery)

    def delivered(self, delivery: Delivery) -> None:
        version = self.versions[delivery.wanted.name or ""]
        place = self.environments[delivery.environment]
        self.environments[place.key] = receive(place, version)
        self.verified.add((version.digest, place.tier))
        for change in list(self.emergencies.values()):
            if change.id in version.contains and change.environment == place.key:
                self.emergencies[change.id] = emergency.settle(change, delivery.id, self.now)
        for other in list(self.kept.values()):
            older = self.versions.get(other.wanted.name or "")
            if older and older.ordinal < version.ordinal and other.environment == place.key:
                self.kept[other.id] = set_aside(other, "superseded", self.now)

    @rule(closer=PEOPLE, confirmer=PEOPLE)
    def followed_up(self, closer: str, confirmer: str) -> None:
        for follow_up in list(self.follow_ups.values()):
            closed = close(follow_up, closer, "run 7", self.now)
            answer = confirm(follow_up if isinstance(closed, Denied) else closed, confirmer, NINE)
            if isinstance(answer, FollowUp):
                assert answer.closed_by != answer.confirmed_by, "R1"
                self.follow_ups[answer.id] = answer

    # Emergencies

    @rule(state=st.sampled_from(["open", "open", "lowered", "closed"]), on=ENVIRONMENTS)
    def blocker_moved(self, state: BlockerState, on: str) -> None:
        self.blocker = replace(self.blocker, state=state, environment=on)

    @rule(on=ENVIRONMENTS, asks=PEOPLE, authorizes=st.lists(PEOPLE, max_size=2), applies=PEOPLE)
    def emergency(self, on: str, asks: str, authorizes: list[str], applies: str) -> None:
        place, blocker = self.environments[on], self.blocker
        asked = EmergencyChange(
            self.new_id(), "EMC-1", on, blocker.ticket_id, blocker.key, "Raise it.", asks, self.now
        )
        change = emergency.request(asked, blocker, place, None)
        for by in authorizes:
            if isinstance(change, EmergencyChange):
                authorized = emergency.authorize(change, by, self.now, blocker)
                change = change if isinstance(authorized, Denied) else authorized
        if isinstance(change, EmergencyChange):
            applied = emergency.apply(change, applies, self.now, blocker, place, busy=False)
            if isinstance(applied, EmergencyChange):
                self.applied(applied, place)

    def applied(self, change: EmergencyChange, place: Environment) -> None:
        assert self.blocker.state == "open", "R7: only for an open Blocker"
        assert self.blocker.environment == place.key, "R7: on this very environment"
        assert change.authorized_by not in {None, change.requested_by}, "G8: a second person"
        assert place.debt is None, "G8: no second emergency"
        self.emergencies[change.id] = change
        self.environments[place.key] = indebt(place, change.id, "EMC-1", self.now, DEBT_AFTER)

    # What holds always

    @invariant()
    def one_delivery_runs_per_environment(self) -> None:
        running = [one.environment for one in self.kept.values() if one.state in RUNNING]
        assert len(running) == len(set(running)), "G11"

    @invariant()
    def what_runs_is_a_registered_version(self) -> None:
        known = {version.digest for version in self.versions.values()}
        for environment in self.environments.values():
            assert set(environment.running.values()) <= known, "R7"

    @invariant()
    def a_debt_and_an_applied_change_are_the_same_thing(self) -> None:
        owed = {place.debt.change_id for place in self.environments.values() if place.debt}
        assert owed == {one.id for one in self.emergencies.values() if one.state == "applied"}

    @invariant()
    def what_waits_has_not_ended(self) -> None:
        for one in self.kept.values():
            assert (one.ended_at is None) == (one.state in WAITING | RUNNING)


TestGate = Gate.TestCase
TestGate.settings = settings(
    max_examples=250,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
