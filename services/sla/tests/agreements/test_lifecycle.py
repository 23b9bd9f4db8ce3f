"""The life of a version: who may do what when, and what never happens (rules, then as a protocol)."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sla.agreements.domain import lifecycle as rules
from sla.agreements.domain.lifecycle import Denied, Life, Person, Signature
from sla.agreements.domain.termination import Ending, ask, confirm
from sla.agreements.domain.validity import Overlap, Validity, succession

MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
THEO, GINA, OMAR = Person("theo"), Person("gina"), Person("omar")
JAN = Person("contact/jan", customer=True, party=UUID(int=1))
EVE = Person("contact/eve", customer=True)
"""A contact of another customer, whom it covers, too."""
DRAFT = Life(Signature("theo", MONDAY))


def proposed(*, customer_signs: bool = False) -> Life:
    life = rules.propose(Life(Signature("theo", MONDAY), customer_signs), THEO)
    assert isinstance(life, Life)
    return life


def signed(life: Life, *people: Person) -> Life | Denied:
    for person in people:
        after = rules.approve(life, person, MONDAY)
        if not isinstance(after, Life):
            return after
        life = after
    return life


def state(life: Life | Denied) -> str:
    return life.state if isinstance(life, Life) else life


@pytest.mark.parametrize(
    ("customer_signs", "people", "ends"),
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
        (False, (THEO, GINA, OMAR), "NOT_NOW"),
    ],
)
def test_two_different_people_agree_one_for_each_side(
    customer_signs: bool, people: tuple[Person, ...], ends: str
) -> None:
    assert state(signed(proposed(customer_signs=customer_signs), *people)) == ends


def test_the_author_does_not_publish() -> None:
    agreed = signed(proposed(), THEO, GINA)
    assert isinstance(agreed, Life)
    assert rules.publish(agreed, THEO, MONDAY) == "SELF_APPROVAL"
    assert rules.publish(agreed, JAN, MONDAY) == "NOT_YOURS"
    assert state(rules.publish(agreed, GINA, MONDAY)) == "published"


def test_who_revises_takes_the_approvals_back() -> None:
    agreed = signed(proposed(), THEO, GINA)
    assert isinstance(agreed, Life)
    again = rules.revise(agreed, THEO)
    assert isinstance(again, Life)
    assert (again.state, again.ours, again.theirs) == ("draft", None, None)


def test_one_person_does_not_end_an_agreement() -> None:
    """C10, R1"""
    asked = ask(None, "theo", "They have left", MONDAY)
    assert isinstance(asked, Ending)
    assert confirm(asked, "theo", MONDAY) == "SELF_APPROVAL"
    done = confirm(asked, "gina", MONDAY)
    assert isinstance(done, Ending)
    assert confirm(done, "omar", MONDAY) == "OVER"
    assert ask(done, "omar", "Again", MONDAY) == "OVER"
    assert confirm(None, "omar", MONDAY) == "NOT_ASKED"


PEOPLE = st.sampled_from([THEO, GINA, OMAR, JAN, Person("contact/kim", customer=True)])


class Versions(RuleBasedStateMachine):
    """One agreement: drafts are made, argued about, published; whatever anybody tries."""

    @initialize(signs=st.booleans())
    def begin(self, signs: bool) -> None:
        self.signs = signs
        self.lives: list[Life] = []
        self.valid: list[tuple[datetime, datetime | None]] = []

    @rule(
        who=st.sampled_from([THEO, GINA, OMAR]), starts=st.integers(0, 30), days=st.integers(0, 9)
    )
    def draft(self, who: Person, starts: int, days: int) -> None:
        start = MONDAY + timedelta(days=starts)
        self.lives.append(Life(Signature(who.name, MONDAY), self.signs))
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
            assert not (isinstance(after, Life) and who.customer)
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
        if not isinstance(after, Life):
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

    def _keep(self, which: int, after: Life | Denied) -> None:
        if isinstance(after, Life):
            self.lives[which] = after

    @invariant()
    def what_binds_was_agreed_by_two_sides_and_published_by_another_than_the_author(self) -> None:
        for life in self.lives:
            if life.state not in ("agreed", "published", "superseded"):
                continue
            assert life.ours is not None
            assert life.theirs is not None
            assert life.ours.by != life.theirs.by
            assert not self.signs or life.theirs.by.startswith("contact/")
            if life.state != "agreed":
                assert life.published is not None
                assert life.published.by != life.drafted.by

    @invariant()
    def no_two_versions_hold_at_one_time(self) -> None:
        binding = sorted(self._binding(), key=lambda one: one.start)
        for earlier, later in itertools.pairwise(binding):
            assert earlier.end is not None
            assert earlier.end <= later.start


TestVersions = Versions.TestCase
TestVersions.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
