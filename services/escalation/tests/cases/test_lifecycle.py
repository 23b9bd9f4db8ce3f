"""What people do to a case."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from common.domain import Rejection
from escalation.cases.domain.lifecycle import (
    EscalationState,
    acknowledge,
    change_policy,
    repeat_trigger,
    resolve,
    snooze,
)
from escalation.cases.domain.policy_engine import advance, escalate
from escalation.cases.domain.timeline import Exhausted, Reopened, Repeated, Snoozed, TimelineEvent
from escalation_support.builders import (
    MINUTE,
    NIGHT,
    ROSTER,
    THREE,
    expect_outcome,
    fired_steps,
    make_case,
    policy,
    step,
    walk,
)

LATER = NIGHT + timedelta(hours=4)


def test_acknowledging_stops_the_policy() -> None:
    """E5."""
    case, _ = walk(make_case(), THREE, NIGHT)
    case, _ = expect_outcome(acknowledge(case, THREE, "anna", NIGHT + MINUTE))
    assert (case.status, case.due_at, case.acknowledged_by) == (
        "acknowledged",
        None,
        ("anna",),
    )


def test_resolving_stops_everything_for_good() -> None:
    """E5."""
    case, _ = expect_outcome(resolve(make_case(), "anna", "fixed", NIGHT))
    assert (case.status, case.due_at, case.resolved_at) == ("resolved", None, NIGHT)
    for refused in (
        acknowledge(case, THREE, "anna", LATER),
        resolve(case, "anna", "again", LATER),
        snooze(case, "anna", LATER, NIGHT),
        change_policy(case, THREE, "anna", LATER),
    ):
        assert isinstance(refused, Rejection)


def test_a_policy_may_let_each_acknowledge_for_themselves() -> None:
    """E5: `acknowledge: each` lets the policy run on."""
    each = replace(THREE, acknowledge="each")
    case, _ = walk(make_case(each), each, NIGHT)
    case, _ = expect_outcome(acknowledge(case, each, "anna", NIGHT))
    case, events = walk(case, each, NIGHT + 5 * MINUTE)
    assert fired_steps(events) == [(5, 1, 2, ("sven",))]
    assert case.acknowledged_by == ("anna",)


def test_the_last_acknowledgement_counts_for_the_time_out() -> None:
    """E6."""
    p = replace(THREE, ack_timeout=60 * MINUTE)
    case, _ = expect_outcome(acknowledge(make_case(), p, "anna", NIGHT))
    case, _ = expect_outcome(acknowledge(case, p, "anna", NIGHT + 30 * MINUTE))
    assert case.due_at == NIGHT + 90 * MINUTE
    assert case.acknowledged_by == ("anna",)


def test_a_snooze_is_quiet_and_then_starts_over() -> None:
    """E7."""
    case, _ = walk(make_case(), THREE, NIGHT + 5 * MINUTE)
    case, _ = expect_outcome(snooze(case, "anna", LATER, NIGHT + 6 * MINUTE))
    assert walk(case, THREE, LATER - MINUTE)[1] == []
    _, events = walk(case, THREE, LATER)
    assert isinstance(events[0], Reopened)
    assert fired_steps(events) == [(240, 1, 1, ("anna",))]


def test_a_snooze_ends_in_the_future() -> None:
    """E7."""
    assert isinstance(snooze(make_case(), "anna", NIGHT, NIGHT), Rejection)


def test_snoozing_a_blocker_needs_a_second_person() -> None:
    """E7: and the same instant; until then it stays loud."""
    case = make_case(severity="blocker")
    case, _ = expect_outcome(snooze(case, "anna", LATER, NIGHT))
    assert case.status == "open"
    unchanged, _ = expect_outcome(snooze(case, "anna", LATER, NIGHT))
    assert unchanged.status == "open"
    other_end, _ = expect_outcome(snooze(case, "omar", LATER + MINUTE, NIGHT))
    assert other_end.status == "open"
    case, events = expect_outcome(snooze(case, "omar", LATER, NIGHT + MINUTE))
    assert case.status == "snoozed"
    assert events == (Snoozed(NIGHT + MINUTE, "anna", LATER, confirmed_by="omar"),)


def test_a_trigger_heard_again_adds_to_the_timeline_and_changes_nothing() -> None:
    """E9."""
    case, _ = walk(make_case(), THREE, NIGHT)
    assert repeat_trigger(case, "75 % used", LATER) == (case, (Repeated(LATER, "75 % used"),))


def test_another_policy_starts_at_its_step_1() -> None:
    """E14: and the old one's timer is gone."""
    other = replace(policy(step("mia", minutes=3)), id=UUID(int=2), key="other")
    case, _ = walk(make_case(), THREE, NIGHT + 5 * MINUTE)
    case, _ = expect_outcome(change_policy(case, other, "theo", NIGHT + 6 * MINUTE))
    assert case.policy_id == other.id
    _, events = walk(case, other, LATER)
    assert fired_steps(events)[0] == (6, 1, 1, ("mia",))


Act = tuple[int, str]
KINDS = st.sampled_from(["acknowledge", "escalate", "snooze", "move", "resolve"])
ACTS = st.lists(st.tuples(st.integers(0, 90), KINDS), max_size=6).map(
    lambda acts: sorted(acts, key=lambda act: act[0])
)
TIMED = replace(THREE, ack_timeout=20 * MINUTE, repeat=1)


def _act(case: EscalationState, act: str, at: datetime) -> EscalationState:
    outcomes = {
        "acknowledge": lambda: acknowledge(case, TIMED, "anna", at),
        "escalate": lambda: escalate(case, TIMED, ROSTER, "anna", at),
        "snooze": lambda: snooze(case, "anna", at + 10 * MINUTE, at),
        "move": lambda: change_policy(case, TIMED, "anna", at),
        "resolve": lambda: resolve(case, "anna", "fixed", at),
    }
    outcome = outcomes[act]()
    return case if isinstance(outcome, Rejection) else outcome[0]


@given(ACTS)
def test_whatever_people_do_nobody_is_forgotten(acts: list[Act]) -> None:
    """An unresolved case always has its next moment, unless taken for good or exhausted."""
    case: EscalationState = make_case(TIMED)
    for minute, act in acts:
        case, _ = _before(case, NIGHT + minute * MINUTE)
        case = _act(case, act, NIGHT + minute * MINUTE)
        waits_for_time = case.status != "resolved" and not case.exhausted
        assert (case.due_at is not None) == waits_for_time
    case, events = walk(case, TIMED, NIGHT + timedelta(days=3))
    assert case.exhausted or case.status == "resolved"
    assert all(isinstance(fact, Exhausted) for fact in events[-1:])


def _before(case: EscalationState, at: datetime) -> tuple[EscalationState, list[TimelineEvent]]:
    return walk(case, TIMED, at - timedelta(microseconds=1))


def test_at_one_instant_people_act_before_timers() -> None:
    """E10: an acknowledgement at the very instant of a step, applied first, stops it."""
    case, _ = walk(make_case(), THREE, NIGHT)
    assert case.due_at == NIGHT + 5 * MINUTE
    case, _ = expect_outcome(acknowledge(case, THREE, "anna", case.due_at))
    assert advance(case, THREE, ROSTER, NIGHT + 5 * MINUTE) == (case, ())
