"""Actions: two people, and nothing is forgotten from one review to the next."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sla.calendars.domain.month import Month
from sla.reviews.domain.action_item import (
    Action,
    Deed,
    finish,
    hand_over,
    on_the_table,
    send_back,
    verify,
)

AT = datetime(2026, 7, 3, 9, tzinfo=UTC)
JUNE = Month(2026, 6)
PEOPLE = st.sampled_from(["anna", "omar", "theo"])


def owed(number: int = 1, month: Month = JUNE, owner: str = "anna") -> Action:
    return Action(
        UUID(int=number),
        f"RA-{number}",
        UUID(int=0xAC),
        UUID(int=0xBB),
        month,
        "Watch the disk",
        "An alert was seen",
        owner,
        date(2026, 7, 20),
        "dana",
        AT,
    )


def test_the_owner_finishes_and_somebody_else_verifies() -> None:
    """R14"""
    done = finish(owed(), Deed("anna", AT, "see the alert of Tuesday"))
    assert isinstance(done, Action)
    assert verify(done, Deed("anna", AT, "")) == "SELF_VERIFICATION"
    seen = verify(done, Deed("omar", AT, ""))
    assert isinstance(seen, Action)
    assert (seen.state, seen.done_by, seen.verified_by) == ("verified", "anna", "omar")
    assert finish(owed(), Deed("omar", AT, "I did it")) == "NOT_OWNER"
    assert verify(owed(), Deed("omar", AT, "")) == "NOT_DONE"
    assert hand_over(seen, "omar", date(2026, 8, 1)) == "VERIFIED"


def test_what_was_not_verified_is_carried_over_until_it_is() -> None:
    ends = {month: month.span(UTC).until for month in (JUNE, JUNE.after, JUNE.after.after)}  # type: ignore[arg-type]
    action = owed()
    assert on_the_table([action], JUNE, ends[JUNE]) == (action,)
    assert on_the_table([action], JUNE.before, ends[JUNE]) == ()
    assert on_the_table([action], JUNE.after, ends[JUNE.after]) == (action,)
    done = finish(action, Deed("anna", AT, "seen"))
    assert isinstance(done, Action)
    assert on_the_table([done], JUNE.after, ends[JUNE.after]) == (done,)
    seen = verify(done, Deed("omar", ends[JUNE.after] - timedelta(days=1), ""))
    assert isinstance(seen, Action)
    assert on_the_table([seen], JUNE.after, ends[JUNE.after]) == ()
    assert on_the_table([seen], JUNE, ends[JUNE]) == (seen,)


class ActionProtocol(RuleBasedStateMachine):
    """Whatever people try: whoever verifies is neither the owner nor whoever did it."""

    def __init__(self) -> None:
        super().__init__()
        self.action = owed()

    @rule(by=PEOPLE)
    def finished(self, by: str) -> None:
        self._keep(finish(self.action, Deed(by, AT, "seen")))

    @rule(by=PEOPLE)
    def verified(self, by: str) -> None:
        self._keep(verify(self.action, Deed(by, AT, "")))

    @rule(by=PEOPLE)
    def sent_back(self, by: str) -> None:
        self._keep(send_back(self.action, Deed(by, AT, "where is it?")))

    @rule(owner=PEOPLE)
    def handed_over(self, owner: str) -> None:
        self._keep(hand_over(self.action, owner, date(2026, 8, 1)))

    def _keep(self, outcome: object) -> None:
        if isinstance(outcome, Action):
            assert self.action.state != "verified", "nothing changes what was verified"
            self.action = outcome

    @invariant()
    def two_people(self) -> None:
        one = self.action
        assert (one.state == "open") == (one.done_by is None)
        assert (one.state == "verified") == (one.verified_by is not None)
        assert one.done_by in (None, one.owner)
        assert one.verified_by is None or one.verified_by not in (one.owner, one.done_by)


TestActionProtocol = ActionProtocol.TestCase
TestActionProtocol.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
