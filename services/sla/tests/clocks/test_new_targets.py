"""A clock whose target changes: deadlines, breaches and warnings follow (C6, C7)."""

from sla.clocks.domain.simulation import simulate
from sla.clocks.domain.snapshot import longest_overrun, take_snapshot
from sla_support.clock_dsl import MINUTE, OFFICE, ROUND, TABLES, at, firing_times, make_input, terms


def test_a_new_target_applies_to_all_the_time_already_counted() -> None:
    """C6"""
    inputs = [make_input(0, "opened", terms(240)), make_input(60, "target_changed", terms(120))]
    later = simulate("resolution", inputs, at(60), TABLES).clock
    assert later.deadline == at(120)


def test_a_deadline_moved_into_the_past_breaches_at_the_moment_of_the_change() -> None:
    """C6, C8; the deadline is where the time was reached, though pauses lie between"""
    inputs = [
        make_input(0, "opened", terms(240)),
        make_input(60, "on_hold"),
        make_input(120, "resumed"),
        make_input(180, "target_changed", terms(30)),
    ]
    simulated = simulate("resolution", inputs, at(181), TABLES)
    assert simulated.clock.deadline == at(30)
    assert firing_times(simulated)[-1] == ("breach", at(180))
    assert simulated.clock.breach_reason == "target_changed"


def test_a_blocker_counts_on_its_own_calendar_from_the_change_on() -> None:
    """C6, R10: 17:00 is past when the ticket becomes a blocker with two hours left"""
    inputs = [
        make_input(0, "opened", terms(600, OFFICE)),
        make_input(420, "target_changed", terms(480, ROUND)),
    ]
    clock = simulate("resolution", inputs, at(420), TABLES).clock
    assert (clock.counted, clock.deadline) == (360 * MINUTE, at(540))


def test_a_target_of_none_withdraws_the_clock_and_a_later_one_revives_it() -> None:
    """C6"""
    inputs = [
        make_input(0, "opened", terms(60)),
        make_input(30, "target_changed", terms(None)),
        make_input(90, "target_changed", terms(120)),
    ]
    assert simulate("resolution", inputs, at(60), TABLES).clock.state == "no_target"
    revived = simulate("resolution", inputs, at(90), TABLES).clock
    assert (revived.state, revived.deadline) == ("running", at(120))


def test_a_longer_target_takes_the_breach_back_and_the_record_keeps_it() -> None:
    """C5, C6: late is measured against the deadline that holds; R1 wants two people for this"""
    inputs = [make_input(0, "opened", terms(60)), make_input(90, "target_changed", terms(240))]
    simulated = simulate("resolution", inputs, at(100), TABLES)
    assert simulated.clock.breached_at is None
    assert ("breach", at(60)) in firing_times(simulated)


def test_a_moved_deadline_arms_only_the_warnings_still_ahead() -> None:
    """C7"""
    inputs = [make_input(0, "opened", terms(100)), make_input(80, "target_changed", terms(120))]
    assert firing_times(simulate("resolution", inputs, at(121), TABLES)) == [
        ("warning_50", at(50)),
        ("warning_75", at(75)),
        ("warning_75", at(90)),
        ("warning_90", at(108)),
        ("breach", at(120)),
    ]


def test_what_was_broken_stays_broken_where_nothing_is_promised_any_more() -> None:
    """C10: withdrawn an hour late, it is an hour late for ever; and with another target, that one counts (C6)"""
    inputs = [
        make_input(0, "opened", terms(60)),
        make_input(120, "target_changed", terms(None)),
        make_input(300, "resolved"),
    ]
    for until in (130, 400):
        clock = simulate("resolution", inputs[: 2 if until < 300 else 3], at(until), TABLES).clock
        assert (clock.outcome, clock.breached_at, clock.breach_reason) == (
            "breached",
            at(60),
            "deadline",
        )
        late = longest_overrun(clock, take_snapshot(clock, at(until), TABLES))
        assert late == 60 * MINUTE
    longer = [*inputs[:2], make_input(150, "target_changed", terms(600))]
    assert simulate("resolution", longer, at(200), TABLES).clock.outcome is None


def test_nothing_is_broken_by_a_promise_that_was_withdrawn_in_time_or_never_given() -> None:
    """C6, 0692: withdrawn before the deadline; a ticket that was never what the promise is for"""
    inputs = [make_input(0, "opened", terms(60)), make_input(30, "target_changed", terms(None))]
    assert simulate("resolution", inputs, at(100), TABLES).clock.outcome is None
    corrected = [make_input(0, "opened", terms(60)), make_input(90, "reclassified", terms(None))]
    assert simulate("resolution", corrected, at(100), TABLES).clock.outcome is None


def test_merging_what_was_broken_and_then_withdrawn_erases_nothing_either() -> None:
    """C10"""
    inputs = [
        make_input(0, "opened", terms(60)),
        make_input(90, "target_changed", terms(None)),
        make_input(95, "merged"),
        make_input(99, "cancelled"),
    ]
    clock = simulate("resolution", inputs, at(100), TABLES).clock
    assert (clock.outcome, clock.cancelled) == ("breached", None)
