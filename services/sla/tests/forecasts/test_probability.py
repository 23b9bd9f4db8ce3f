"""From survival curves to one promise: back-off, queue, outlooks, and reasons."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.forecasts.domain.probability import (
    PRIOR_WEIGHT,
    Estimate,
    Outlook,
    PromiseProgress,
    classify,
    estimate_breach,
)
from sla.forecasts.domain.reasons import describe_reasons
from sla.forecasts.domain.survival import EndedCounts, SurvivalCurve, bin_of, estimate_curve

HOUR = 3600.0
GROUP = ("resolution", "major", "incident")
SLOW = estimate_curve({bin_of(10 * HOUR): EndedCounts(30)})
QUICK = estimate_curve({bin_of(HOUR): EndedCounts(30)})


def progress(
    age: float = 2,
    target: float = 8,
    queue_position: int | None = 0,
    typical_queue_length: float = 0,
) -> PromiseProgress:
    return PromiseProgress(GROUP, age * HOUR, target * HOUR, queue_position, typical_queue_length)


def test_without_history_the_time_used_up_is_all_there_is_to_go_by() -> None:
    found = estimate_breach(progress(6), {})
    assert (found.probability, found.level, found.breached_ratio) == (0.75, 0, None)
    assert "all there is to go by" in " ".join(describe_reasons(progress(6), found))


def test_each_finer_group_weighs_by_what_it_knows() -> None:
    """30 known of each: (30 * 1 + 10 * 0.25) / 40, then the same again, and once more."""
    expected = 0.25
    for _ in range(3):
        expected = (30 * 1 + PRIOR_WEIGHT * expected) / (30 + PRIOR_WEIGHT)
    curves = {GROUP[:1]: SLOW, GROUP[:2]: SLOW, GROUP: SLOW}
    found = estimate_breach(progress(2), curves)
    assert found.probability == pytest.approx(expected)
    assert (found.sample_size, found.breached_ratio, found.level) == (30, 1.0, 3)


def test_a_kind_of_which_little_is_known_leans_on_the_coarser_ones() -> None:
    once = estimate_curve({bin_of(HOUR): EndedCounts(1)})
    found = estimate_breach(progress(0.5), {GROUP[:1]: SLOW, GROUP[:2]: SLOW, GROUP: once})
    assert found.probability > 0.8
    assert found.level == 3
    without = estimate_breach(progress(0.5), {GROUP[:1]: SLOW, GROUP[:2]: SLOW})
    sentences = describe_reasons(progress(0.5), without)
    assert without.level == 2
    assert "Of its very kind too little is known" in sentences[1]
    assert "major resolution" in sentences[1]


def test_the_sentence_is_a_sum_that_adds_up() -> None:
    """ "Of 2 like it, 87 % took longer" stood beside 0.315."""
    one = estimate_curve({bin_of(10 * HOUR): EndedCounts(1)})
    found = estimate_breach(progress(2), {GROUP[:1]: QUICK, GROUP[:2]: SLOW, GROUP: one})
    sentence = describe_reasons(progress(2), found)[1]
    assert found.probability == pytest.approx((1 * 1.0 + 10 * 0.8125) / 11)
    assert sentence == (
        "Of 1 major incident resolution promise that had come this far, an estimated 100.0 % took longer"
        " than the 6 hr that it has left. For every major resolution promise it is 81.2 %, which counts"
        " as much as 10 of them: (1 x 100.0 % + 10 x 81.2 %) / 11 = 83.0 % for a breach."
    )
    alone = estimate_breach(progress(2), {GROUP: one})
    assert (
        "Of its time 25.0 % are used up, which counts as much as 10 of them"
        in describe_reasons(progress(2), alone)[1]
    )


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.floats(0.1, 20),
    st.floats(0.1, 7.9),
    st.floats(8, 40),
)
def test_the_figures_of_a_sentence_add_up_whatever_is_known(
    coarse: int, fine: int, hours: float, age: float, target: float
) -> None:
    curves = {
        GROUP[:1]: estimate_curve({bin_of(12 * HOUR): EndedCounts(coarse)}),
        GROUP: estimate_curve(
            {bin_of(hours * HOUR): EndedCounts(fine), bin_of(50 * HOUR): EndedCounts(1)}
        ),
    }
    asked = progress(age, target)
    sentence = describe_reasons(asked, estimate_breach(asked, curves))[1]
    sum_ = re.search(r"\((\d+) x ([\d.]+) % \+ 10 x ([\d.]+) %\) / (\d+) = ([\d.]+) %", sentence)
    assert sum_ is not None
    size, ratio, prior, total, result = map(float, sum_.groups())
    assert total == size + 10
    assert (size * ratio + 10 * prior) / total == pytest.approx(result, abs=0.11)


def test_quick_handling_makes_a_promise_safe() -> None:
    found = estimate_breach(progress(0.5), {GROUP: QUICK, GROUP[:1]: QUICK, GROUP[:2]: QUICK})
    assert classify(found.probability) == "safe"


def test_a_longer_queue_than_usual_makes_its_time_worth_less() -> None:
    """25 before it where 5 are usual: (25 + 5) / (5 + 5), so 6 hours left are worth 2."""
    queued = progress(2, 8, queue_position=25, typical_queue_length=5)
    assert queued.queue_stretch == 3
    assert queued.effective_target == 4 * HOUR
    five = estimate_curve({bin_of(5 * HOUR): EndedCounts(30)})
    assert (
        estimate_breach(queued, {GROUP: five}).probability
        > estimate_breach(progress(), {GROUP: five}).probability
    )
    sentence = describe_reasons(queued, estimate_breach(queued, {GROUP: five}))[-1]
    assert sentence.startswith("25 stand before it in the queue, where 5 are open usually")
    assert "worth 2 hr" in sentence


def test_as_many_as_usual_change_nothing() -> None:
    assert (
        progress(2, 8, queue_position=5, typical_queue_length=5).queue_stretch
        == progress(2, 8, queue_position=0, typical_queue_length=50).queue_stretch
        == 1
    )


def test_what_waits_on_its_customer_stands_in_no_queue() -> None:
    waiting = progress(2, 8, queue_position=None)
    assert waiting.queue_stretch == 1
    assert "waits on the customer" in describe_reasons(waiting, estimate_breach(waiting, {}))[-1]


def test_time_is_exact_and_in_hours_of_support_time() -> None:
    """A day of support time has not 24 hours: 3 days would be read as three working days."""
    sentence = describe_reasons(
        PromiseProgress(GROUP, 45.0, 3 * 86_400 + 4 * HOUR + 300, 0, 0), Estimate(0.1)
    )[0]
    assert sentence == (
        "45 sec of its 76 hr 5 min are used up (0.0 %); 76 hr 4 min 15 sec of support time are left."
    )


@pytest.mark.parametrize(
    ("probability", "was", "now"),
    [
        (0.29, None, "safe"),
        (0.3, None, "at_risk"),
        (0.7, None, "likely_to_breach"),
        (0.32, "safe", "safe"),
        (0.36, "safe", "at_risk"),
        (0.26, "at_risk", "at_risk"),
        (0.24, "at_risk", "safe"),
        (0.72, "at_risk", "at_risk"),
        (0.76, "at_risk", "likely_to_breach"),
        (0.66, "likely_to_breach", "likely_to_breach"),
        (0.64, "likely_to_breach", "at_risk"),
        (0.1, "likely_to_breach", "safe"),
        (0.9, "safe", "likely_to_breach"),
    ],
)
def test_an_outlook_turns_only_when_it_is_clearly_beyond(
    probability: float, was: Outlook | None, now: Outlook
) -> None:
    assert classify(probability, was) == now


COUNTS = st.dictionaries(
    st.integers(0, 100), st.builds(EndedCounts, st.integers(0, 40), st.integers(0, 40)), max_size=8
)


@given(COUNTS, COUNTS, st.floats(0, 20), st.floats(0.1, 20), st.integers(0, 200), st.floats(0, 50))
def test_a_probability_is_one(
    coarse: dict[int, EndedCounts],
    fine: dict[int, EndedCounts],
    age: float,
    target: float,
    ahead: int,
    usual: float,
) -> None:
    curves: dict[tuple[str, ...], SurvivalCurve] = {
        GROUP[:1]: estimate_curve(coarse),
        GROUP: estimate_curve(fine),
    }
    found = estimate_breach(progress(age, target, ahead, usual), curves)
    assert 0 <= found.probability <= 1
    assert classify(found.probability) in ("safe", "at_risk", "likely_to_breach")


@given(st.integers(0, 200), st.integers(0, 200), st.floats(0, 50))
def test_a_longer_queue_never_helps(one: int, other: int, usual: float) -> None:
    short, long = sorted((one, other))
    five = estimate_curve({number: EndedCounts(3) for number in range(20, 90)})
    few, many = (
        five.breach_probability(
            2 * HOUR, progress(queue_position=ahead, typical_queue_length=usual).effective_target
        )
        for ahead in (short, long)
    )
    assert few is not None
    assert many is not None
    assert few <= many
