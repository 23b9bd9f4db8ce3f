"""The whole waiver protocol, of clocks and of periods, against a slow reading of the rules (R2, C11)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from sla.agreements.domain.agreement import Terms
from sla.calendars.domain.calendar import always
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input
from sla.clocks.domain.fold import fold
from sla.clocks.domain.ticket_clock import Change, Ticket, Tracked, begun, fires, hears
from sla.waivers.domain.period import excused
from sla.waivers.domain.waiver import Decision, Waiver, approve, expire, refuse, revoke, withdraw
from sla_support.waiver_oracle import Life

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR, ACME = UUID(int=1), UUID(int=0xAC)
TABLES = {CALENDAR: Timetable(always(read_zone("Europe/Amsterdam")))}
ROLES = {"gina": {"gm"}, "greg": {"gm"}, "theo": {"tom"}}
SERVICES = ("billing", "portal", None)
ASKING = st.sampled_from(["theo", "theo", "theo", "gina"])
DECIDING = st.sampled_from(["greg", "greg", "greg", "greg", "gina", "theo"])
VERDICTS = st.sampled_from(["approve", "approve", "approve", "revoke", "refuse", "withdraw"])


@dataclass
class Told:
    tracked: Tracked
    inputs: list[Input] = field(default_factory=list)


class WaiverProtocol(RuleBasedStateMachine):
    """Clocks of an hour that start when they like, people who ask, decide, revoke and withdraw, and
    a timekeeper that comes late or not at all."""

    waivers = Bundle("waivers")

    @initialize()
    def begin(self) -> None:
        self.now = NINE
        self.clocks: list[Told] = []
        self.kept: dict[int, Waiver] = {}
        self.lives: dict[int, Life] = {}
        self.a_clock_starts("billing", 0)
        self.a_clock_starts(None, 20)

    @rule(minutes=st.integers(0, 45), awake=st.booleans())
    def time_passes(self, minutes: int, awake: bool) -> None:
        self.now += minutes * MINUTE
        if awake:
            self.the_timer_comes()

    @precondition(lambda self: len(self.clocks) < 4)
    @rule(service=st.sampled_from(SERVICES), waited=st.integers(0, 50))
    def a_clock_starts(self, service: str | None, waited: int) -> None:
        number = len(self.clocks)
        at = self.now - waited * MINUTE  # phoned in later
        ticket = Ticket(
            UUID(int=number),
            f"OPS-{number}",
            "It hangs",
            "incident",
            "major",
            ACME,
            "acme",
            None,
            service,
            at,
        )
        heard = Input(1, "opened", at, self.now, Terms(60 * MINUTE, CALENDAR))
        tracked = begun(UUID(int=number), ticket, "resolution", heard, TABLES)
        self.clocks.append(Told(tracked, [heard]))

    @rule(target=waivers, who=ASKING, valid=st.integers(10, 150), which=st.integers(0, 2))
    def somebody_asks_for_a_clock(self, who: str, valid: int, which: int) -> int:
        clock = which if which < len(self.clocks) else None
        until = self.now + valid * MINUTE
        if clock is None:
            return self._asked(Life(None, None, self.now, until, who))
        return self._asked(Life(clock, None, None, until, who))

    @rule(
        target=waivers,
        who=ASKING,
        service=st.sampled_from(SERVICES),
        starts=st.integers(-30, 60),
        length=st.integers(10, 150),
    )
    def somebody_asks_for_a_period(
        self, who: str, service: str | None, starts: int, length: int
    ) -> int:
        starts_at = self.now + starts * MINUTE
        return self._asked(Life(None, service, starts_at, starts_at + length * MINUTE, who))

    def _asked(self, life: Life) -> int:
        """Every second one is answered at once."""
        number = len(self.kept)
        self.lives[number] = life
        self.kept[number] = Waiver(
            id=UUID(int=number + 100),
            key=f"WVR-{number}",
            clock_id=None if life.about_clock is None else UUID(int=life.about_clock),
            reason="The supplier is down",
            requested_by=life.requested_by,
            requested_at=self.now,
            expires_at=life.ends_at,
            customer_id=ACME,
            customer="acme",
            service=life.service,
            starts_at=life.starts_at,
            ends_at=None if life.starts_at is None else life.ends_at,
        )
        if number % 2:
            self.somebody_decides(number, "greg", "approve")
        return number

    @rule(number=waivers, who=DECIDING, verdict=VERDICTS)
    def somebody_decides(self, number: int, who: str, verdict: str) -> None:
        waiver, life = self.kept[number], self.lives[number]
        word = Decision(who, frozenset(ROLES[who]), self.now)
        if verdict == "approve":
            limits: tuple[datetime | None, datetime | None] = (None, None)
            if life.about_clock is not None:
                clock = self.clocks[life.about_clock].tracked.clock
                limits = clock.deadline, clock.cycle_breached_at
            decided = approve(waiver, word, *limits)
        else:
            rules = {"refuse": refuse, "revoke": revoke, "withdraw": withdraw}
            decided = rules[verdict](waiver, word)
        if isinstance(decided, Waiver):
            self._became(number, decided)
            if verdict == "approve":
                life.approved_at = self.now
            if verdict == "revoke":
                life.revoked_at = self.now

    @rule()
    def waivers_expire(self) -> None:
        self.kept = {number: expire(one, self.now) for number, one in self.kept.items()}

    @rule()
    def the_timer_comes(self) -> None:
        for told in self.clocks:
            self._keep(told, fires(told.tracked, self.now, TABLES))

    @rule(which=st.integers(0, 3))
    def a_ticket_is_resolved(self, which: int) -> None:
        if which < len(self.clocks):
            told = self.clocks[which]
            heard = Input(0, "resolved", self.now, self.now)
            self._keep(told, hears(told.tracked, heard, TABLES))

    def _became(self, number: int, waiver: Waiver) -> None:
        """As `sla.waivers.commands`: a clock hears of its own waiver at once, unless it is late."""
        self.kept[number] = waiver
        about = self.lives[number].about_clock
        if about is None or waiver.waived is None or waiver.late:
            return
        heard = Input(0, "waived", self.now, self.now, waived=waiver.waived)
        told = self.clocks[about]
        self._keep(told, hears(told.tracked, heard, TABLES))

    def _keep(self, told: Told, change: Change) -> None:
        """As `sla.clocks.commands`: whatever breaks meets the waivers over a period."""
        standing = [one for one in self.kept.values() if not one.late]
        change = excused(change, standing, TABLES)
        told.inputs += [heard for heard, _ in change.heard]
        told.tracked = Tracked(
            told.tracked.id,
            told.tracked.ticket,
            change.clock,
            change.ordinal,
            0,
            change.next_at,
        )

    @invariant()
    def no_two_eyes(self) -> None:
        """R2"""
        for one in self.kept.values():
            assert one.decided_by != one.requested_by
            assert one.decided_by is None or "gm" in ROLES[one.decided_by]

    @invariant()
    def a_breach_is_excused_where_the_rules_say_so(self) -> None:
        """C11, by instants alone: whenever the timekeeper came"""
        for number, told in enumerate(self.clocks):
            clock = told.tracked.clock
            if clock.breached_at is None:
                assert clock.excuse is None
                continue
            service = told.tracked.ticket.service
            covered = any(
                life.covers(number, service, clock.breached_at) for life in self.lives.values()
            )
            assert clock.outcome == ("waived" if covered else "breached")

    @invariant()
    def late_ones_are_kept_and_cover_nothing(self) -> None:
        """C11"""
        late = {one.id for one in self.kept.values() if one.late}
        for told in self.clocks:
            excuse = told.tracked.clock.excuse
            assert excuse is None or excuse.waiver not in late

    @invariant()
    def a_clock_is_the_fold_of_what_it_heard(self) -> None:
        """C9"""
        for told in self.clocks:
            assert [one.ordinal for one in told.inputs] == list(range(1, len(told.inputs) + 1))
            assert fold("resolution", told.inputs, TABLES) == told.tracked.clock


TestWaiverProtocol = WaiverProtocol.TestCase
TestWaiverProtocol.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
