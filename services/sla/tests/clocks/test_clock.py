"""The rules of clocks: what counts, what stops them, and their cycles."""

import pytest

from sla.clocks.domain.clock import InputKind
from sla.clocks.domain.snapshot import segments, take_snapshot
from sla_support.clock_dsl import MINUTE, OFFICE, TABLES, at, firing_times, simulate_clock, terms


def test_warnings_come_at_their_shares_and_the_breach_after_them() -> None:
    """C7"""
    assert firing_times(simulate_clock("resolution", terms(100))) == [
        ("warning_50", at(50)),
        ("warning_75", at(75)),
        ("warning_90", at(90)),
        ("breach", at(100)),
    ]


def test_equal_is_in_time() -> None:
    """C5"""
    clock = simulate_clock("resolution", terms(60), (60, "resolved")).clock
    assert (clock.state, clock.outcome) == ("stopped", "met")
    assert simulate_clock("resolution", terms(60), (60.001, "resolved")).clock.breached_at == at(60)
    assert simulate_clock("resolution", terms(60), until=60).clock.breached_at is None


def test_a_stop_after_closing_time_is_late_though_no_more_time_counted() -> None:
    """A3, C5: the deadline is 17:00 in Amsterdam, and 17:01 is later"""
    clock = simulate_clock("resolution", terms(360, OFFICE), (361, "resolved")).clock
    assert clock.deadline == at(360)
    assert clock.outcome == "breached"
    assert clock.counted == 360 * MINUTE


def test_waiting_on_the_customer_does_not_count() -> None:
    """C2, C4"""
    paused = simulate_clock("resolution", terms(60), (30, "on_hold"), until=90).clock
    assert (paused.state, paused.deadline) == ("paused", None)
    resumed = simulate_clock(
        "resolution", terms(60), (30, "on_hold"), (90, "resumed"), until=90
    ).clock
    assert (resumed.state, resumed.deadline) == ("running", at(120))
    assert take_snapshot(resumed, at(100), TABLES).paused == 60 * MINUTE


def test_the_customers_answer_ends_the_waiting() -> None:
    """C2"""
    clock = simulate_clock(
        "resolution", terms(60), (30, "on_hold"), (40, "customer_replied"), until=40
    ).clock
    assert (clock.state, clock.deadline) == ("running", at(70))


def test_a_promise_that_is_not_pausable_runs_on() -> None:
    """C2"""
    clock = simulate_clock("resolution", terms(60, pausable=False), (30, "on_hold"), until=50).clock
    assert (clock.state, clock.deadline) == ("running", at(60))


@pytest.mark.parametrize("ending", ["replied", "resolved"])
def test_a_first_response_is_given_once(ending: InputKind) -> None:
    """C3"""
    clock = simulate_clock(
        "first_response", terms(30), (20, ending), (25, "reopened"), until=99
    ).clock
    assert (clock.state, clock.stopped_at, clock.outcome) == ("stopped", at(20), "met")


def test_a_reopened_ticket_runs_on_and_the_gap_does_not_count() -> None:
    """C2, C3"""
    clock = simulate_clock(
        "resolution", terms(60), (20, "resolved"), (50, "reopened"), until=50
    ).clock
    assert (clock.state, clock.counted, clock.deadline) == ("running", 20 * MINUTE, at(90))


def test_closing_changes_nothing() -> None:
    """C3"""
    events: list[tuple[float, InputKind]] = [(20, "resolved"), (40, "closed")]
    assert simulate_clock("resolution", terms(60), *events) == simulate_clock(
        "resolution", terms(60), events[0]
    )


def test_a_paused_clock_does_not_newly_breach() -> None:
    """C5; it does so when it runs on, at that moment"""
    events: list[tuple[float, InputKind]] = [(60, "on_hold")]
    assert simulate_clock("resolution", terms(60), *events).clock.breached_at is None
    clock = simulate_clock("resolution", terms(60), *events, (90, "resumed"), until=91).clock
    assert (clock.deadline, clock.cycle_breached_at) == (at(60), at(90))
    assert clock.breach_reason == "resumed"


def test_every_cycle_of_next_reply_counts_and_the_worst_is_kept() -> None:
    """C1"""
    events: list[tuple[float, InputKind]] = [
        (10, "customer_replied"),
        (15, "customer_replied"),
        (50, "replied"),
        (60, "customer_replied"),
        (70, "replied"),
    ]
    clock = simulate_clock("next_reply", terms(30), *events).clock
    assert take_snapshot(clock, at(600), TABLES).longest_cycle == 40 * MINUTE
    assert (clock.outcome, clock.breached_at, clock.counted) == ("breached", at(40), 10 * MINUTE)


def test_next_reply_waits_for_the_customers_next_message() -> None:
    """C1"""
    clock = simulate_clock("next_reply", terms(30)).clock
    assert (clock.state, clock.deadline, clock.outcome) == ("not_started", None, None)


def test_public_news_start_the_next_update_cycle() -> None:
    """C1"""
    clock = simulate_clock("update", terms(60), (50, "replied"), until=100).clock
    assert (clock.state, clock.deadline, clock.breached_at) == ("running", at(110), None)
    assert (
        simulate_clock("update", terms(60), (50, "replied"), (100, "resolved")).clock.outcome
        == "met"
    )


def test_a_workaround_ends_its_clock_a_resolution_only_stops_it() -> None:
    """C1"""
    events: list[tuple[float, InputKind]] = [(20, "resolved"), (30, "reopened")]
    assert simulate_clock("workaround", terms(60), *events, until=30).clock.state == "running"
    ended = simulate_clock(
        "workaround", terms(60), (10, "workaround_provided"), *events, until=30
    ).clock
    assert (ended.state, ended.stopped_at) == ("stopped", at(10))


def test_a_cancelled_clock_hears_nothing_more() -> None:
    """C10"""
    clock = simulate_clock(
        "resolution", terms(60), (10, "cancelled"), (20, "resolved"), until=99
    ).clock
    assert (clock.state, clock.deadline, clock.outcome) == ("cancelled", None, None)


def test_stretches_say_why_time_counted_or_not() -> None:
    """C9"""
    clock = simulate_clock(
        "resolution", terms(60), (10, "on_hold"), (20, "resumed"), (30, "resolved")
    ).clock
    assert [(s.kind, s.end - s.start) for s in segments(clock, at(40), TABLES)] == [
        ("running", 10 * MINUTE),
        ("waiting_on_customer", 10 * MINUTE),
        ("running", 10 * MINUTE),
        ("stopped", 10 * MINUTE),
    ]
