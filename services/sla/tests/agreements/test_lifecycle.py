"""The life of a version: who may do what when, by example and by random steps."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from common.domain import Rejection
from sla.agreements.domain import lifecycle as rules
from sla.agreements.domain import termination as ends
from sla.agreements.domain.lifecycle import Person, Signature, VersionLifecycle
from sla.agreements.domain.termination import Termination, confirm_end, request_end
from sla.agreements.domain.validity import Overlap, Validity, succession

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
THEO, GINA, OMAR = Person("theo"), Person("gina"), Person("omar")
JAN = Person("contact/jan", is_customer=True, party=UUID(int=1))
EVE = Person("contact/eve", is_customer=True)
"""A contact of another customer, whom it covers, too."""
DRAFT = VersionLifecycle(Signature("theo", MONDAY))


def proposed_lifecycle(*, customer_signs: bool = False) -> VersionLifecycle:
    lifecycle = rules.propose(VersionLifecycle(Signature("theo", MONDAY), customer_signs), THEO)
    assert isinstance(lifecycle, VersionLifecycle)
    return lifecycle


def approve_all(lifecycle: VersionLifecycle, *people: Person) -> VersionLifecycle | Rejection:
    for person in people:
        after = rules.approve(lifecycle, person, MONDAY)
        if not isinstance(after, VersionLifecycle):
            return after
        lifecycle = after
    return lifecycle


def outcome_of(lifecycle: VersionLifecycle | Rejection) -> str:
    """The state, or the code of the rejection."""
    return lifecycle.state if isinstance(lifecycle, VersionLifecycle) else lifecycle.code


@pytest.mark.parametrize(
    ("customer_signs", "people", "outcome"),
    [
        (False, (THEO,), "proposed"),
        (False, (THEO, THEO), "ALREADY_COUNTED"),
        (False, (THEO, GINA), "agreed"),
        (False, (JAN, THEO), "agreed"),
        (True, (THEO, GINA), "CUSTOMER_SIGNS"),
        (True, (THEO, JAN), "agreed"),
        (True, (JAN, GINA), "agreed"),
        (True, (THEO, EVE), "NOT_THE_PARTY"),
        (False, (THEO, EVE), "NOT_THE_PARTY"),
        (False, (THEO, GINA, OMAR), "WRONG_STATE"),
    ],
)
def test_two_different_people_agree_one_for_each_side(
    customer_signs: bool, people: tuple[Person, ...], outcome: str
) -> None:
    proposed = proposed_lifecycle(customer_signs=customer_signs)
    assert outcome_of(approve_all(proposed, *people)) == outcome


def test_the_author_does_not_publish() -> None:
    agreed = approve_all(proposed_lifecycle(), THEO, GINA)
    assert isinstance(agreed, VersionLifecycle)
    assert rules.publish(agreed, THEO, MONDAY) == rules.SELF_APPROVAL
    assert rules.publish(agreed, JAN, MONDAY) == rules.NOT_YOURS
    assert outcome_of(rules.publish(agreed, GINA, MONDAY)) == "published"


def test_who_revises_takes_the_approvals_back() -> None:
    agreed = approve_all(proposed_lifecycle(), THEO, GINA)
    assert isinstance(agreed, VersionLifecycle)
    again = rules.revise(agreed, THEO)
    assert isinstance(again, VersionLifecycle)
    assert (again.state, again.provider_signature, again.counter_signature) == ("draft", None, None)


def test_either_side_refuses_to_sign_and_it_is_a_draft_again() -> None:
    signed = approve_all(proposed_lifecycle(customer_signs=True), THEO)
    assert isinstance(signed, VersionLifecycle)
    for person in (GINA, JAN):
        again = rules.decline(signed, person, MONDAY)
        assert isinstance(again, VersionLifecycle)
        assert (again.state, again.provider_signature) == ("draft", None)
        assert again.refusal == Signature(person.name, MONDAY), "its author is told"
        for after in (rules.propose(again, THEO), rules.withdraw(again, THEO)):
            assert isinstance(after, VersionLifecycle)
            assert after.refusal is None
    stranger = Person("contact/kim", is_customer=True)
    assert rules.decline(signed, stranger, MONDAY) == rules.NOT_THE_PARTY
    draft = rules.revise(signed, THEO)
    assert isinstance(draft, VersionLifecycle)
    assert outcome_of(rules.decline(draft, JAN, MONDAY)) == rules.NOT_NOW


def test_one_person_does_not_end_an_agreement() -> None:
    """C10, R1"""
    asked = request_end(None, "theo", "They have left", MONDAY)
    assert isinstance(asked, Termination)
    assert confirm_end(asked, "theo", MONDAY) == ends.SELF_APPROVAL
    done = confirm_end(asked, "gina", MONDAY)
    assert isinstance(done, Termination)
    assert confirm_end(done, "omar", MONDAY) == ends.OVER
    assert request_end(done, "omar", "Again", MONDAY) == ends.OVER
    assert confirm_end(None, "omar", MONDAY) == ends.NOT_REQUESTED


PEOPLE = st.sampled_from([THEO, GINA, OMAR, JAN, Person("contact/kim", is_customer=True)])


class Versions(RuleBasedStateMachine):
    """One agreement: drafts are made, argued about, published; whatever anybody tries."""

    @initialize(signs=st.booleans())
    def begin(self, signs: bool) -> None:
        self.signs = signs
        self.lives: list[VersionLifecycle] = []
        self.valid: list[tuple[datetime, datetime | None]] = []

    @rule(
        who=st.sampled_from([THEO, GINA, OMAR]), starts=st.integers(0, 30), days=st.integers(0, 9)
    )
    def draft(self, who: Person, starts: int, days: int) -> None:
        start = MONDAY + timedelta(days=starts)
        self.lives.append(VersionLifecycle(Signature(who.name, MONDAY), self.signs))
        self.valid.append((start, start + timedelta(days=days) if days else None))

    @rule(
        who=PEOPLE,
        which=st.integers(0, 20),
        step=st.sampled_from(["propose", "revise", "withdraw"]),
    )
    def step(self, who: Person, which: int, step: str) -> None:
        if which < len(self.lives):
            before = self.lives[which]
            after = getattr(rules, step)(before, who)
            assert not (isinstance(after, VersionLifecycle) and who.is_customer)
            self._keep(which, after)

    @rule(who=PEOPLE, which=st.integers(0, 20))
    def approve(self, who: Person, which: int) -> None:
        if which < len(self.lives):
            self._keep(which, rules.approve(self.lives[which], who, MONDAY))

    @rule(who=PEOPLE, which=st.integers(0, 20), over=st.none() | st.integers(0, 5))
    def publish(self, who: Person, which: int, over: int | None) -> None:
        if which >= len(self.lives):
            return
        after = rules.publish(self.lives[which], who, MONDAY)
        if not isinstance(after, VersionLifecycle):
            return
        ended = succession(Validity(which, *self.valid[which]), over, self._binding())
        if isinstance(ended, Overlap):
            return
        if ended is not None:
            self._keep(ended.version, rules.supersede(self.lives[ended.version]))
            self.valid[ended.version] = self.valid[ended.version][0], self.valid[which][0]
        self._keep(which, after)

    def _binding(self) -> list[Validity]:
        return [
            Validity(number, *self.valid[number])
            for number, life in enumerate(self.lives)
            if life.state in ("published", "superseded")
        ]

    def _keep(self, which: int, after: VersionLifecycle | Rejection) -> None:
        if isinstance(after, VersionLifecycle):
            self.lives[which] = after

    @invariant()
    def what_binds_was_agreed_by_two_sides_and_published_by_another_than_the_author(self) -> None:
        for life in self.lives:
            if life.state not in ("agreed", "published", "superseded"):
                continue
            assert life.provider_signature is not None
            assert life.counter_signature is not None
            assert life.provider_signature.by != life.counter_signature.by
            assert not self.signs or life.counter_signature.by.startswith("contact/")
            if life.state != "agreed":
                assert life.publication is not None
                assert life.publication.by != life.draft_signature.by

    @invariant()
    def no_two_versions_hold_at_one_time(self) -> None:
        binding = sorted(self._binding(), key=lambda one: one.start)
        for earlier, later in itertools.pairwise(binding):
            assert earlier.end is not None
            assert earlier.end <= later.start


TestVersions = Versions.TestCase
TestVersions.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
