"""What time does to a case."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.domain import Rejection
from escalation.cases.domain.lifecycle import acknowledge, resolve
from escalation.cases.domain.policy_engine import LATE_AFTER, advance, escalate
from escalation.cases.domain.timeline import Reopened, StepFired, StepSkipped
from escalation.policies.domain.policy import REPEAT_FOREVER, Step, Target, policy_violations
from escalation.policies.domain.recipients import Roster
from escalation.rotas.domain.rota import Layer, Rota
from escalation.rotas.domain.time_window import Window
from escalation_support.builders import (
    MINUTE,
    NIGHT,
    QUARTER,
    ROSTER,
    THREE,
    expect_outcome,
    fired_steps,
    local,
    make_case,
    policy,
    step,
    walk,
)

FAR = NIGHT + timedelta(days=2)
ANNA, SVEN, THEO, GINA = ("anna",), ("sven",), ("theo",), ("gina",)


def test_each_step_is_due_its_predecessors_delay_after_it() -> None:
    """E1: step 1 at the trigger; E2: the last delay is waited, then the fallback person is notified."""
    case, events = walk(make_case(), THREE, FAR)
    assert fired_steps(events) == [
        (0, 1, 1, ANNA),
        (5, 1, 2, SVEN),
        (15, 1, 3, THEO),
        (35, 0, 0, GINA),
    ]
    assert case.status == "open"
    assert case.exhausted
    assert case.due_at is None


@given(st.lists(st.integers(0, int(LATE_AFTER.total_seconds() * 1000)), min_size=3, max_size=3))
def test_the_jitter_of_a_healthy_service_does_not_add_up(late_by: list[int]) -> None:
    """E1: the delay counts from when the step was due, not from when it fired."""
    case = make_case()
    for number, milliseconds in enumerate(late_by):
        assert case.due_at is not None
        case, _ = advance(case, THREE, ROSTER, case.due_at + timedelta(milliseconds=milliseconds))
        assert case.due_at == NIGHT + (5, 15, 35)[number] * MINUTE


@given(st.integers(31, 10_000_000))
def test_after_downtime_one_step_fires_and_the_next_counts_from_it(
    seconds: int,
) -> None:
    """E12: exactly the one overdue step, marked late; no storm."""
    awake = NIGHT + timedelta(seconds=seconds)
    case, events = advance(make_case(), THREE, ROSTER, awake)
    assert [(f.step, f.late, f.due_at) for f in events if isinstance(f, StepFired)] == [
        (1, True, NIGHT)
    ]
    assert case.due_at == awake + 5 * MINUTE
    assert advance(case, THREE, ROSTER, awake) == (case, ())


def test_nothing_fires_early_or_twice() -> None:
    case = make_case()
    assert advance(case, THREE, ROSTER, NIGHT - timedelta(microseconds=1)) == (case, ())
    case, _ = advance(case, THREE, ROSTER, NIGHT)
    assert advance(case, THREE, ROSTER, NIGHT) == (case, ())


@given(
    repeat=st.integers(0, 4),
    delays=st.lists(st.integers(1, 30), min_size=1, max_size=4),
)
def test_repeat_counts_extra_passes(repeat: int, delays: list[int]) -> None:
    """E2: against the timetable written out by hand."""
    p = policy(*(step("anna", minutes=d) for d in delays), repeat=repeat)
    expected, at = [], 0
    for round_number in range(1, repeat + 2):
        for number, delay in enumerate(delays, 1):
            expected.append((at, round_number, number, ANNA))
            at += delay
    _, events = walk(make_case(p), p, FAR)
    assert fired_steps(events) == [*expected, (at, 0, 0, GINA)]


def test_a_policy_may_repeat_until_somebody_acknowledges() -> None:
    """E2: `repeat: -1`."""
    p = policy(step("anna", minutes=60), repeat=REPEAT_FOREVER)
    case, events = walk(make_case(p), p, FAR)
    assert len(events) == 49
    case, _ = expect_outcome(acknowledge(case, p, "anna", FAR))
    assert walk(case, p, FAR + timedelta(days=9))[1] == []


def test_a_rota_is_asked_at_the_instant_the_step_fires() -> None:
    """E3: the hand-off lies between the trigger and the second step."""
    layer = Layer(("sven", "mia"), local("2026-03-01 03:10"), "UTC", 1, "days")
    before = Layer(("mia", "sven"), local("2026-02-28 03:05"), "UTC", 1, "days")
    roster = replace(ROSTER, rotas={"night": Rota("night", (before, layer))})
    on_call = Step((Target("rota", "night"),), 5 * MINUTE)
    p = policy(on_call, on_call, on_call, on_call)
    _, events = walk(make_case(p), p, NIGHT + 15 * MINUTE, lambda _: roster)
    assert [f.people for f in events if isinstance(f, StepFired)] == [
        ("mia",),
        ("sven",),
        ("sven",),
        ("sven",),
    ]


def test_a_step_that_reaches_nobody_is_skipped_at_once() -> None:
    """E4."""
    p = policy(step("gone", minutes=5), step("sven", minutes=10))
    case, events = advance(make_case(p), p, ROSTER, NIGHT)
    assert isinstance(events[0], StepSkipped)
    assert fired_steps(events) == [(0, 1, 2, SVEN)]
    assert case.due_at == NIGHT + 10 * MINUTE


def test_when_no_later_step_has_anybody_the_fallback_is_paged_at_that_instant() -> None:
    """E4: in every pass anew."""
    p = policy(step("anna", minutes=5), step("gone"), step("left", minutes=10), repeat=1)
    _, events = walk(make_case(p), p, FAR)
    assert fired_steps(events) == [
        (0, 1, 1, ANNA),
        (5, 1, 3, GINA),
        (15, 2, 1, ANNA),
        (20, 2, 3, GINA),
        (30, 0, 0, GINA),
    ]


def test_a_policy_may_wait_out_an_empty_step_but_never_ends_a_pass_in_silence() -> None:
    """E4: `empty_step: wait`."""
    p = policy(step("gone", minutes=5), step("left", minutes=10), empty_step="wait")
    _, events = walk(make_case(p), p, FAR)
    assert fired_steps(events) == [(0, 1, 1, ()), (5, 1, 2, GINA), (15, 0, 0, GINA)]


ODD = st.sampled_from(["anna", "sven", "gone", "left"])


@given(
    people=st.lists(st.tuples(ODD, st.integers(1, 9)), min_size=1, max_size=5),
    repeat=st.integers(0, 2),
    wait=st.booleans(),
)
def test_every_pass_reaches_somebody(
    people: list[tuple[str, int]], repeat: int, wait: bool
) -> None:
    """E4: whatever the rotas say, no pass goes by unheard, and the case ends exhausted."""
    steps = (step(person, minutes=minutes) for person, minutes in people)
    p = policy(*steps, repeat=repeat, empty_step="wait" if wait else "skip")
    case, events = walk(make_case(p), p, FAR)
    steps_fired = [f for f in events if isinstance(f, StepFired)]
    for round_number in range(1, repeat + 2):
        assert any(f.people for f in steps_fired if f.round == round_number)
    assert case.exhausted


def test_an_acknowledgement_that_times_out_starts_over() -> None:
    """E6: at step 1 of pass 1, at the instant of the time-out."""
    p = replace(THREE, ack_timeout=60 * MINUTE)
    case, _ = walk(make_case(), p, NIGHT + 6 * MINUTE)
    case, _ = expect_outcome(acknowledge(case, p, "anna", NIGHT + 7 * MINUTE))
    case, _ = expect_outcome(acknowledge(case, p, "sven", NIGHT + 10 * MINUTE))
    case, events = walk(case, p, NIGHT + 80 * MINUTE)
    assert isinstance(events[0], Reopened)
    assert fired_steps(events) == [(70, 1, 1, ANNA), (75, 1, 2, SVEN)]
    assert case.acknowledged_by == ()


def test_by_hand_the_next_step_fires_at_once() -> None:
    """E8: the next delay counts from it."""
    case, _ = walk(make_case(), THREE, NIGHT)
    case, events = expect_outcome(escalate(case, THREE, ROSTER, "omar", NIGHT + MINUTE))
    assert fired_steps(events) == [(1, 1, 2, SVEN)]
    assert case.due_at == NIGHT + 11 * MINUTE


def test_by_hand_the_last_step_wraps_to_the_first_and_reopens() -> None:
    """E8: also once exhausted, and once acknowledged."""
    case, _ = walk(make_case(), THREE, FAR)
    case, events = expect_outcome(escalate(case, THREE, ROSTER, "omar", FAR))
    assert [f[1:] for f in fired_steps(events)] == [(2, 1, ANNA)]
    assert not case.exhausted
    case, _ = expect_outcome(acknowledge(case, THREE, "anna", FAR))
    case, events = expect_outcome(escalate(case, THREE, ROSTER, "omar", FAR + MINUTE))
    assert [f[1:] for f in fired_steps(events)] == [(2, 2, SVEN)]
    assert case.status == "open"
    case, _ = expect_outcome(resolve(case, "omar", "done", FAR))
    assert isinstance(escalate(case, THREE, ROSTER, "omar", FAR), Rejection)


OFFICE = Window(frozenset({0}), time(8), time(17), "UTC")  # NIGHT is a Sunday
MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_step_due_outside_its_window_waits_for_the_opening() -> None:
    """E15."""
    p = policy(step("anna", minutes=5), replace(step("theo", minutes=10), windows=(OFFICE,)))
    _, events = walk(make_case(p), p, FAR)
    opening = (MONDAY - NIGHT) / MINUTE
    assert fired_steps(events) == [
        (0, 1, 1, ANNA),
        (opening, 1, 2, THEO),
        (opening + 10, 0, 0, GINA),
    ]
    assert not any(f.late for f in events if isinstance(f, StepFired))


def test_a_step_due_inside_its_window_fires_after_downtime_even_outside() -> None:
    """E12 with E15: what downtime held up is not held up again."""
    p = policy(replace(step("theo"), windows=(OFFICE,)))
    case = replace(make_case(p), due_at=MONDAY)
    _, events = advance(case, p, ROSTER, MONDAY + timedelta(hours=12))
    assert [f.late for f in events if isinstance(f, StepFired)] == [True]


def test_skipping_ends_at_a_step_whose_window_is_closed() -> None:
    """E4 with E15: the closed step may have somebody when it opens."""
    p = policy(step("gone"), replace(step("theo"), windows=(OFFICE,)))
    case, events = advance(make_case(p), p, ROSTER, NIGHT)
    assert [type(f) for f in events] == [StepSkipped]
    assert (case.due_at, case.next_step) == (MONDAY, 2)


def test_roles_and_people_are_notified_once_each() -> None:
    roster = Roster({}, {"dana": frozenset({"dm"}), "pavel": frozenset({"po", "dm"})})
    targets = (Target("role", "dm"), Target("person", "pavel"), Target("role", "po"))
    assert roster.resolve(Step(targets, QUARTER), NIGHT) == ("dana", "pavel")


def test_an_invalid_policy_names_all_its_violations() -> None:
    wrong = replace(policy(Step((), -MINUTE), repeat=-2), fallback="", ack_timeout=timedelta(0))
    assert len(policy_violations(wrong)) == 6
    assert policy_violations(THREE) == ()
    assert policy_violations(policy()) == ("A policy needs at least one step.",)
