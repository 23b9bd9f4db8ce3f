"""The waiver protocol: two people, and the deadline between them (R2, C11)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from sla.agreements.agreement import Terms
from sla.calendars.calendar import always
from sla.calendars.timetable import Timetable
from sla.calendars.zone import read_zone
from sla.clocks.clock import Input, Waived
from sla.clocks.firing import fired, next_firing
from sla.clocks.fold import start, step
from sla.waivers.waiver import Decision, Waiver, approve, refuse

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR = UUID(int=1)
TABLES = {CALENDAR: Timetable(always(read_zone("Europe/Amsterdam")))}
GM, OPS = frozenset({"gm"}), frozenset({"ops"})


def waiver(**more: object) -> Waiver:
    facts = {
        "id": UUID(int=5),
        "key": "WVR-5",
        "clock_id": UUID(int=2),
        "reason": "The supplier is down",
        "requested_by": "theo",
        "requested_at": NINE,
        "expires_at": NINE + 90 * MINUTE,
    }
    return Waiver(**facts | more)  # type: ignore[arg-type]


def test_nobody_approves_what_they_asked_for_and_only_a_gm_decides() -> None:
    """R2"""
    asked = waiver(requested_by="gina")
    assert approve(asked, Decision("gina", GM, NINE), None, None) == "SELF_APPROVAL"
    assert approve(asked, Decision("anna", OPS, NINE), None, None) == "ROLE_MISSING"
    assert refuse(asked, Decision("anna", OPS, NINE)) == "ROLE_MISSING"


def test_an_approval_at_the_deadline_is_late_and_kept() -> None:
    """C11"""
    deadline = NINE + 60 * MINUTE
    before = approve(waiver(), Decision("gina", GM, deadline - MINUTE / 60), deadline, None)
    after = approve(waiver(), Decision("gina", GM, deadline), deadline, None)
    assert isinstance(before, Waiver)
    assert isinstance(after, Waiver)
    assert (before.late, after.late, after.state) == (False, True, "approved")
    assert approve(after, Decision("gina", GM, deadline), deadline, None) == "ALREADY_DECIDED"


class WaiverProtocol(RuleBasedStateMachine):
    """One clock of an hour, people who ask and decide, and a timer that comes when it comes."""

    def __init__(self) -> None:
        super().__init__()
        terms = Terms(60 * MINUTE, CALENDAR)
        self.now = NINE
        self.clock = start("resolution", Input(1, "opened", NINE, NINE, terms), TABLES)
        self.waivers: list[Waiver] = []

    @rule(minutes=st.integers(0, 25))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(who=st.sampled_from(["gina", "greg", "theo"]), valid=st.integers(1, 90))
    def somebody_asks(self, who: str, valid: int) -> None:
        expires_at = self.now + valid * MINUTE
        self.waivers.append(
            waiver(
                id=UUID(int=len(self.waivers) + 10),
                requested_by=who,
                requested_at=self.now,
                expires_at=expires_at,
            )
        )

    @precondition(lambda self: self.waivers)
    @rule(data=st.data(), who=st.sampled_from(["gina", "greg", "theo"]))
    def somebody_approves(self, data: st.DataObject, who: str) -> None:
        index = data.draw(st.integers(0, len(self.waivers) - 1))
        asked = self.waivers[index]
        roles = OPS if who == "theo" else GM
        decision = Decision(who, roles, self.now)
        decided = approve(asked, decision, self.clock.deadline, self.clock.broken_at)
        if isinstance(decided, Waiver):
            self.waivers[index] = decided
            if not decided.late:
                waived = Waived(decided.id, self.now, decided.expires_at)
                heard = Input(0, "waived", self.now, self.now, waived=waived)
                self.clock = step(self.clock, heard, TABLES)

    @rule()
    def the_timer_comes(self) -> None:
        while (firing := next_firing(self.clock, TABLES)) and firing.due_at <= self.now:
            self.clock = step(self.clock, fired(firing, self.now), TABLES)

    @invariant()
    def no_two_eyes(self) -> None:
        """R2"""
        for one in self.waivers:
            assert one.decided_by != one.requested_by
            assert one.decided_by in (None, "gina", "greg")

    @invariant()
    def only_a_timely_and_valid_approval_excuses(self) -> None:
        """C11"""
        broken = NINE + 60 * MINUTE
        timely = [
            one
            for one in self.waivers
            if one.decided_at is not None and one.decided_at < broken < one.expires_at
        ]
        if self.clock.broken_at is not None:
            assert self.clock.outcome == ("excused" if timely else "breached")


TestWaiverProtocol = WaiverProtocol.TestCase
TestWaiverProtocol.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
