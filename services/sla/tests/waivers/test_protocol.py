"""Waivers of clocks and over periods in random order, compared with a slow oracle (R2, C11)."""

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
from sla.calendars.domain.calendar import always_open
from sla.calendars.domain.timetable import Timetable
from sla.calendars.domain.zone import read_zone
from sla.clocks.domain.clock import Input
from sla.clocks.domain.fold import fold
from sla.clocks.domain.ticket_clock import (
    Change,
    Ticket,
    TicketClock,
    apply_input,
    fire_due,
    new_clock,
)
from sla.waivers.domain.period import with_period_waivers
from sla.waivers.domain.waiver import Decision, Waiver, approve, expire, refuse, revoke, withdraw
from sla_support.waiver_oracle import ExpectedWaiver

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
CALENDAR, ACME = UUID(int=1), UUID(int=0xAC)
TABLES = {CALENDAR: Timetable(always_open(read_zone("Europe/Amsterdam")))}
ROLES = {"gina": {"gm"}, "greg": {"gm"}, "theo": {"tom"}}
SERVICES = ("billing", "portal", None)
REQUESTERS = st.sampled_from(["theo", "theo", "theo", "gina"])
DECIDERS = st.sampled_from(["greg", "greg", "greg", "greg", "gina", "theo"])
ACTIONS = st.sampled_from(["approve", "approve", "approve", "revoke", "refuse", "withdraw"])


@dataclass
class ClockRecord:
    ticket_clock: TicketClock
    inputs: list[Input] = field(default_factory=list)


class WaiverProtocol(RuleBasedStateMachine):
    """Clocks of an hour that start when they like, people who ask, decide, revoke and withdraw, and
    a timekeeper that comes late or not at all."""

    waivers = Bundle("waivers")

    @initialize()
    def begin(self) -> None:
        self.now = NINE
        self.clocks: list[ClockRecord] = []
        self.waivers_by_number: dict[int, Waiver] = {}
        self.lives_by_number: dict[int, ExpectedWaiver] = {}
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
        opening = Input(1, "opened", at, self.now, Terms(60 * MINUTE, CALENDAR))
        ticket_clock = new_clock(UUID(int=number), ticket, "resolution", opening, TABLES)
        self.clocks.append(ClockRecord(ticket_clock, [opening]))

    @rule(target=waivers, who=REQUESTERS, valid=st.integers(10, 150), which=st.integers(0, 2))
    def somebody_asks_for_a_clock(self, who: str, valid: int, which: int) -> int:
        clock = which if which < len(self.clocks) else None
        until = self.now + valid * MINUTE
        if clock is None:
            return self._request(ExpectedWaiver(None, None, self.now, until, who))
        return self._request(ExpectedWaiver(clock, None, None, until, who))

    @rule(
        target=waivers,
        who=REQUESTERS,
        service=st.sampled_from(SERVICES),
        starts=st.integers(-30, 60),
        length=st.integers(10, 150),
    )
    def somebody_asks_for_a_period(
        self, who: str, service: str | None, starts: int, length: int
    ) -> int:
        starts_at = self.now + starts * MINUTE
        return self._request(
            ExpectedWaiver(None, service, starts_at, starts_at + length * MINUTE, who)
        )

    def _request(self, life: ExpectedWaiver) -> int:
        """Every second one is answered at once."""
        number = len(self.waivers_by_number)
        self.lives_by_number[number] = life
        self.waivers_by_number[number] = Waiver(
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

    @rule(number=waivers, who=DECIDERS, verdict=ACTIONS)
    def somebody_decides(self, number: int, who: str, verdict: str) -> None:
        waiver, life = self.waivers_by_number[number], self.lives_by_number[number]
        decision = Decision(who, frozenset(ROLES[who]), self.now)
        if verdict == "approve":
            limits: tuple[datetime | None, datetime | None] = (None, None)
            if life.about_clock is not None:
                clock = self.clocks[life.about_clock].ticket_clock.clock
                limits = clock.deadline, clock.cycle_breached_at
            decided = approve(waiver, decision, *limits)
        else:
            rules = {"refuse": refuse, "revoke": revoke, "withdraw": withdraw}
            decided = rules[verdict](waiver, decision)
        if isinstance(decided, Waiver):
            self._store_decision(number, decided)
            if verdict == "approve":
                life.approved_at = self.now
            if verdict == "revoke":
                life.revoked_at = self.now

    @rule()
    def waivers_expire(self) -> None:
        self.waivers_by_number = {
            number: expire(one, self.now) for number, one in self.waivers_by_number.items()
        }

    @rule()
    def the_timer_comes(self) -> None:
        for record in self.clocks:
            self._store_change(record, fire_due(record.ticket_clock, self.now, TABLES))

    @rule(which=st.integers(0, 3))
    def a_ticket_is_resolved(self, which: int) -> None:
        if which < len(self.clocks):
            record = self.clocks[which]
            input = Input(0, "resolved", self.now, self.now)
            self._store_change(record, apply_input(record.ticket_clock, input, TABLES))

    def _store_decision(self, number: int, waiver: Waiver) -> None:
        """As `sla.waivers.commands`: a clock hears of its own waiver at once, unless it is late."""
        self.waivers_by_number[number] = waiver
        about = self.lives_by_number[number].about_clock
        if about is None or waiver.clock_waiver is None or waiver.late:
            return
        input = Input(0, "waived", self.now, self.now, waiver=waiver.clock_waiver)
        record = self.clocks[about]
        self._store_change(record, apply_input(record.ticket_clock, input, TABLES))

    def _store_change(self, record: ClockRecord, change: Change) -> None:
        """As `sla.clocks.commands`: whatever breaks meets the waivers over a period."""
        in_time = [one for one in self.waivers_by_number.values() if not one.late]
        change = with_period_waivers(change, in_time, TABLES)
        record.inputs += [clock_input for clock_input, _ in change.steps]
        record.ticket_clock = TicketClock(
            record.ticket_clock.id,
            record.ticket_clock.ticket,
            change.clock,
            change.ordinal,
            0,
            change.next_at,
        )

    @invariant()
    def no_two_eyes(self) -> None:
        """R2"""
        for one in self.waivers_by_number.values():
            assert one.decided_by != one.requested_by
            assert one.decided_by is None or "gm" in ROLES[one.decided_by]

    @invariant()
    def a_breach_is_excused_where_the_rules_say_so(self) -> None:
        """C11, by instants alone: whenever the timekeeper came"""
        for number, record in enumerate(self.clocks):
            clock = record.ticket_clock.clock
            if clock.breached_at is None:
                assert clock.waiver is None
                continue
            service = record.ticket_clock.ticket.service
            covered = any(
                life.covers(number, service, clock.breached_at)
                for life in self.lives_by_number.values()
            )
            assert clock.outcome == ("waived" if covered else "breached")

    @invariant()
    def late_ones_are_stored_and_cover_nothing(self) -> None:
        """C11"""
        late = {one.id for one in self.waivers_by_number.values() if one.late}
        for record in self.clocks:
            excuse = record.ticket_clock.clock.waiver
            assert excuse is None or excuse.waiver_id not in late

    @invariant()
    def a_clock_is_the_fold_of_its_inputs(self) -> None:
        """C9"""
        for record in self.clocks:
            assert [one.ordinal for one in record.inputs] == list(range(1, len(record.inputs) + 1))
            assert fold("resolution", record.inputs, TABLES) == record.ticket_clock.clock


TestWaiverProtocol = WaiverProtocol.TestCase
TestWaiverProtocol.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
