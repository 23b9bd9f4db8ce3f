"""The rules of clocks, one by one. Times are minutes after Monday 09:00 UTC on a 24/7 calendar
unless a test says otherwise."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from sla.agreements.agreement import Metric, Terms
from sla.calendars.calendar import Calendar, always, hours
from sla.calendars.timetable import Timetable
from sla.calendars.zone import read_zone
from sla.clocks.clock import Clock, Input, InputKind, Waived
from sla.clocks.firing import fired, next_firing
from sla.clocks.fold import fold, step
from sla.clocks.simulation import Simulated, simulate
from sla.clocks.standing import standing, stretches

NINE = datetime(2026, 6, 1, 9, tzinfo=UTC)
ROUND, OFFICE = UUID(int=1), UUID(int=2)
ZONE = read_zone("Europe/Amsterdam")
TABLES = {
    ROUND: Timetable(always(ZONE)),
    OFFICE: Timetable(Calendar(ZONE, (hours([("08:00", "17:00")]),) * 5 + ((), ()))),
}
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NINE + minutes * MINUTE


def terms(minutes: float | None, calendar: UUID = ROUND, pausable: bool = True) -> Terms:
    return Terms(None if minutes is None else minutes * MINUTE, calendar, pausable)


def heard(minutes: float, kind: InputKind, promised: Terms | None = None) -> Input:
    return Input(0, kind, at(minutes), at(minutes), promised)


def run(
    metric: Metric, promised: Terms, *events: tuple[float, InputKind], until: float = 600
) -> Simulated:
    inputs = [heard(0, "opened", promised), *(heard(when, kind) for when, kind in events)]
    return simulate(metric, inputs, at(until), TABLES)


def told(simulated: Simulated) -> list[tuple[str, datetime]]:
    return [(firing.kind, firing.due_at) for firing in simulated.firings]


def test_warnings_come_at_their_shares_and_the_breach_after_them() -> None:
    """C7"""
    assert told(run("resolution", terms(100))) == [
        ("warning_50", at(50)),
        ("warning_75", at(75)),
        ("warning_90", at(90)),
        ("breach", at(100)),
    ]


def test_equal_is_in_time() -> None:
    """C5"""
    clock = run("resolution", terms(60), (60, "resolved")).clock
    assert (clock.state, clock.outcome) == ("stopped", "met")
    assert run("resolution", terms(60), (60.001, "resolved")).clock.broken_at == at(60)
    assert run("resolution", terms(60), until=60).clock.broken_at is None


def test_a_stop_after_closing_time_is_late_though_no_more_time_counted() -> None:
    """A3, C5: the deadline is 17:00 in Amsterdam, and 17:01 is later"""
    clock = run("resolution", terms(360, OFFICE), (361, "resolved")).clock
    assert clock.deadline == at(360)
    assert clock.outcome == "breached"
    assert clock.counted == 360 * MINUTE


def test_waiting_on_the_customer_does_not_count() -> None:
    """C2, C4"""
    paused = run("resolution", terms(60), (30, "waiting"), until=90).clock
    assert (paused.state, paused.deadline) == ("paused", None)
    resumed = run("resolution", terms(60), (30, "waiting"), (90, "resumed"), until=90).clock
    assert (resumed.state, resumed.deadline) == ("running", at(120))
    assert standing(resumed, at(100), TABLES).paused == 60 * MINUTE


def test_the_customers_answer_ends_the_waiting() -> None:
    """C2"""
    clock = run("resolution", terms(60), (30, "waiting"), (40, "customer_replied"), until=40).clock
    assert (clock.state, clock.deadline) == ("running", at(70))


def test_a_promise_that_is_not_pausable_runs_on() -> None:
    """C2"""
    clock = run("resolution", terms(60, pausable=False), (30, "waiting"), until=50).clock
    assert (clock.state, clock.deadline) == ("running", at(60))


@pytest.mark.parametrize("ending", ["replied", "resolved"])
def test_a_first_response_is_given_once(ending: InputKind) -> None:
    """C3"""
    clock = run("first_response", terms(30), (20, ending), (25, "reopened"), until=99).clock
    assert (clock.state, clock.stopped_at, clock.outcome) == ("stopped", at(20), "met")


def test_a_reopened_ticket_runs_on_and_the_gap_does_not_count() -> None:
    """C2, C3"""
    clock = run("resolution", terms(60), (20, "resolved"), (50, "reopened"), until=50).clock
    assert (clock.state, clock.counted, clock.deadline) == ("running", 20 * MINUTE, at(90))


def test_closing_changes_nothing() -> None:
    """C3"""
    events: list[tuple[float, InputKind]] = [(20, "resolved"), (40, "closed")]
    assert run("resolution", terms(60), *events) == run("resolution", terms(60), events[0])


def test_a_paused_clock_does_not_newly_breach() -> None:
    """C5; it does so when it runs on, at that moment"""
    events: list[tuple[float, InputKind]] = [(60, "waiting")]
    assert run("resolution", terms(60), *events).clock.broken_at is None
    clock = run("resolution", terms(60), *events, (90, "resumed"), until=91).clock
    assert (clock.deadline, clock.breached_at) == (at(60), at(90))
    assert clock.breach_reason == "resumed"


def test_a_new_target_applies_to_all_the_time_already_counted() -> None:
    """C6"""
    inputs = [heard(0, "opened", terms(240)), heard(60, "target_changed", terms(120))]
    later = simulate("resolution", inputs, at(60), TABLES).clock
    assert later.deadline == at(120)


def test_a_deadline_moved_into_the_past_breaches_at_the_moment_of_the_change() -> None:
    """C6, C8; the deadline is where the time was reached, though pauses lie between"""
    inputs = [
        heard(0, "opened", terms(240)),
        heard(60, "waiting"),
        heard(120, "resumed"),
        heard(180, "target_changed", terms(30)),
    ]
    simulated = simulate("resolution", inputs, at(181), TABLES)
    assert simulated.clock.deadline == at(30)
    assert told(simulated)[-1] == ("breach", at(180))
    assert simulated.clock.breach_reason == "target_changed"


def test_a_blocker_counts_on_its_own_calendar_from_the_change_on() -> None:
    """C6, R10: 17:00 is past when the ticket becomes a blocker with two hours left"""
    inputs = [
        heard(0, "opened", terms(600, OFFICE)),
        heard(420, "target_changed", terms(480, ROUND)),
    ]
    clock = simulate("resolution", inputs, at(420), TABLES).clock
    assert (clock.counted, clock.deadline) == (360 * MINUTE, at(540))


def test_a_target_of_none_withdraws_the_clock_and_a_later_one_revives_it() -> None:
    """C6"""
    inputs = [
        heard(0, "opened", terms(60)),
        heard(30, "target_changed", terms(None)),
        heard(90, "target_changed", terms(120)),
    ]
    assert simulate("resolution", inputs, at(60), TABLES).clock.state == "withdrawn"
    revived = simulate("resolution", inputs, at(90), TABLES).clock
    assert (revived.state, revived.deadline) == ("running", at(120))


def test_a_longer_target_takes_the_breach_back_and_the_record_keeps_it() -> None:
    """C5, C6: late is measured against the deadline that holds; R1 wants two people for this"""
    inputs = [heard(0, "opened", terms(60)), heard(90, "target_changed", terms(240))]
    simulated = simulate("resolution", inputs, at(100), TABLES)
    assert simulated.clock.broken_at is None
    assert ("breach", at(60)) in told(simulated)


def test_a_moved_deadline_arms_only_the_warnings_still_ahead() -> None:
    """C7"""
    inputs = [heard(0, "opened", terms(100)), heard(80, "target_changed", terms(120))]
    assert told(simulate("resolution", inputs, at(121), TABLES)) == [
        ("warning_50", at(50)),
        ("warning_75", at(75)),
        ("warning_75", at(90)),
        ("warning_90", at(108)),
        ("breach", at(120)),
    ]


def test_every_cycle_of_next_reply_counts_and_the_worst_is_kept() -> None:
    """C1"""
    events: list[tuple[float, InputKind]] = [
        (10, "customer_replied"),
        (15, "customer_replied"),
        (50, "replied"),
        (60, "customer_replied"),
        (70, "replied"),
    ]
    clock = run("next_reply", terms(30), *events).clock
    assert standing(clock, at(600), TABLES).worst == 40 * MINUTE
    assert (clock.outcome, clock.broken_at, clock.counted) == ("breached", at(40), 10 * MINUTE)


def test_next_reply_waits_for_the_customers_next_message() -> None:
    """C1"""
    clock = run("next_reply", terms(30)).clock
    assert (clock.state, clock.deadline, clock.outcome) == ("idle", None, None)


def test_public_news_start_the_next_update_cycle() -> None:
    """C1"""
    clock = run("update", terms(60), (50, "replied"), until=100).clock
    assert (clock.state, clock.deadline, clock.broken_at) == ("running", at(110), None)
    assert run("update", terms(60), (50, "replied"), (100, "resolved")).clock.outcome == "met"


def test_a_workaround_ends_its_clock_a_resolution_only_stops_it() -> None:
    """C1"""
    events: list[tuple[float, InputKind]] = [(20, "resolved"), (30, "reopened")]
    assert run("workaround", terms(60), *events, until=30).clock.state == "running"
    ended = run("workaround", terms(60), (10, "worked_around"), *events, until=30).clock
    assert (ended.state, ended.stopped_at) == ("stopped", at(10))


def test_a_cancelled_clock_hears_nothing_more() -> None:
    """C10"""
    clock = run("resolution", terms(60), (10, "cancelled"), (20, "resolved"), until=99).clock
    assert (clock.state, clock.deadline, clock.outcome) == ("cancelled", None, None)


def breached_blind() -> Clock:
    clock = fold("resolution", [heard(0, "opened", terms(60))], TABLES)
    while (firing := next_firing(clock, TABLES)) is not None:
        clock = step(clock, fired(firing, at(61)), TABLES)
    return clock


@pytest.mark.parametrize("kind", ["resolved", "waiting"])
def test_a_stop_in_time_that_is_heard_late_takes_the_breach_back(kind: InputKind) -> None:
    """architecture, 6"""
    clock = step(breached_blind(), heard(60, kind), TABLES)
    assert (clock.broken_at, clock.counted) == (None, 60 * MINUTE)


def test_a_stop_too_late_that_is_heard_late_takes_nothing_back() -> None:
    assert step(breached_blind(), heard(60.5, "resolved"), TABLES).broken_at == at(60)


def test_a_reply_heard_late_does_not_take_a_resolutions_breach_back() -> None:
    assert step(breached_blind(), heard(59, "replied"), TABLES).broken_at == at(60)


@pytest.mark.parametrize(
    ("approved", "expires", "outcome"),
    [(59, 90, "excused"), (60, 90, "breached"), (30, 60, "breached"), (30, 60.1, "excused")],
)
def test_only_a_waiver_approved_before_and_valid_at_the_breach_counts(
    approved: float, expires: float, outcome: str
) -> None:
    """C11"""
    waived = Waived(UUID(int=9), at(approved), at(expires))
    clock = step(
        breached_blind(), Input(0, "waived", at(approved), at(approved), waived=waived), TABLES
    )
    assert clock.outcome == outcome


def test_stretches_say_why_time_counted_or_not() -> None:
    """C9"""
    clock = run("resolution", terms(60), (10, "waiting"), (20, "resumed"), (30, "resolved")).clock
    assert [(s.why, s.end - s.start) for s in stretches(clock, at(40), TABLES)] == [
        ("running", 10 * MINUTE),
        ("waiting_on_customer", 10 * MINUTE),
        ("running", 10 * MINUTE),
        ("stopped", 10 * MINUTE),
    ]
