"""Action items: it takes two people, and reviews carry over what is not verified."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from sla.calendars.domain.month import Month
from sla.reviews.domain.action_item import (
    NOT_DONE,
    NOT_OWNER,
    SELF_VERIFICATION,
    VERIFIED,
    ActionItem,
    Statement,
    actions_for_review,
    finish,
    hand_over,
    send_back,
    verify,
)

AT = datetime(2026, 7, 3, 9, tzinfo=UTC)
JUNE = Month(2026, 6)
PEOPLE = st.sampled_from(["anna", "omar", "theo"])


def open_action(number: int = 1, month: Month = JUNE, owner: str = "anna") -> ActionItem:
    return ActionItem(
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
    done = finish(open_action(), Statement("anna", AT, "see the alert of Tuesday"))
    assert isinstance(done, ActionItem)
    assert verify(done, Statement("anna", AT, "")) == SELF_VERIFICATION
    verified = verify(done, Statement("omar", AT, ""))
    assert isinstance(verified, ActionItem)
    assert (verified.state, verified.done_by, verified.verified_by) == ("verified", "anna", "omar")
    assert finish(open_action(), Statement("omar", AT, "I did it")) == NOT_OWNER
    assert verify(open_action(), Statement("omar", AT, "")) == NOT_DONE
    assert hand_over(verified, "omar", date(2026, 8, 1)) == VERIFIED


def test_what_was_not_verified_is_carried_over_until_it_is() -> None:
    ends = {
        month: month.span(ZoneInfo("UTC")).until for month in (JUNE, JUNE.after, JUNE.after.after)
    }
    action = open_action()
    assert actions_for_review([action], JUNE, ends[JUNE]) == (action,)
    assert actions_for_review([action], JUNE.before, ends[JUNE]) == ()
    assert actions_for_review([action], JUNE.after, ends[JUNE.after]) == (action,)
    done = finish(action, Statement("anna", AT, "seen"))
    assert isinstance(done, ActionItem)
    assert actions_for_review([done], JUNE.after, ends[JUNE.after]) == (done,)
    verified = verify(done, Statement("omar", ends[JUNE.after] - timedelta(days=1), ""))
    assert isinstance(verified, ActionItem)
    assert actions_for_review([verified], JUNE.after, ends[JUNE.after]) == ()
    assert actions_for_review([verified], JUNE, ends[JUNE]) == (verified,)


class ActionProtocol(RuleBasedStateMachine):
    """Whatever people try, the one who verifies is neither the owner nor the one who did it."""

    def __init__(self) -> None:
        super().__init__()
        self.action = open_action()

    @rule(by=PEOPLE)
    def finish_action(self, by: str) -> None:
        self._apply(finish(self.action, Statement(by, AT, "seen")))

    @rule(by=PEOPLE)
    def verify_action(self, by: str) -> None:
        self._apply(verify(self.action, Statement(by, AT, "")))

    @rule(by=PEOPLE)
    def send_back_action(self, by: str) -> None:
        self._apply(send_back(self.action, Statement(by, AT, "where is it?")))

    @rule(owner=PEOPLE)
    def hand_over_action(self, owner: str) -> None:
        self._apply(hand_over(self.action, owner, date(2026, 8, 1)))

    def _apply(self, outcome: object) -> None:
        if isinstance(outcome, ActionItem):
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
