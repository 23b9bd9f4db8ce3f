"""Brier score and calibration by hand; the picture says what the figures say."""

from xml.etree import ElementTree

import pytest

from sla.forecasts.chart import calibration
from sla.forecasts.domain.score import Tally, score, score_bin


def tally(bin: int, probability: float, kept: int, broke: int) -> Tally:
    count = kept + broke
    squares = kept * probability**2 + broke * (1 - probability) ** 2
    return Tally(bin, count, count * probability, broke, squares)


def test_a_score_worked_out_by_hand() -> None:
    """8 forecasts of 0.25, of which 2 broke; 4 of 0.75, of which 3 did: calibrated to the point.
    Brier: (6 * .0625 + 2 * .5625 + 3 * .0625 + 1 * .5625) / 12 = 0.1875. The usual share is 5/12, so
    the reference is 35/144 and the skill 1 - 0.1875 / (35/144) = 8/35."""
    found = score([tally(2, 0.25, 6, 2), tally(7, 0.75, 1, 3)])
    assert (found.forecasts, found.breached) == (12, 5)
    assert found.brier == pytest.approx(0.1875)
    assert found.skill == pytest.approx(8 / 35)
    assert found.reliability == pytest.approx(0)


def test_a_prophet_and_a_coin() -> None:
    prophet = score([tally(0, 0.0, 7, 0), tally(9, 1.0, 0, 5)])
    assert (prophet.brier, prophet.skill) == (0, 1)
    coin = score([tally(5, 0.5, 5, 5)])
    assert (coin.brier, coin.skill) == (0.25, 0)
    overconfident = score([tally(9, 1.0, 5, 5)])
    assert (overconfident.brier, overconfident.reliability) == (0.5, 0.25)


def test_nothing_to_divide_by() -> None:
    assert score([]).brier is None
    assert score([tally(0, 0.1, 9, 0)]).skill is None
    # Taken back by a reopening: as if it had never been.
    assert score([tally(3, 0.3, 1, 0), Tally(3, -1, -0.3, 0, -0.09)]).bins == ()


def test_tallies_of_one_bin_are_added_up() -> None:
    (one,) = score([tally(2, 0.2, 3, 1), tally(2, 0.28, 4, 0)]).bins
    assert (one.forecasts, one.broke) == (8, 1)
    assert one.forecast == pytest.approx(0.24)
    low, high = one.interval
    assert 0 <= low < one.observed < high <= 1


def test_certainty_belongs_to_the_last_bin() -> None:
    assert [score_bin(p) for p in (0, 0.09, 0.1, 0.99, 1.0)] == [0, 0, 1, 9, 9]


def test_the_picture_shows_each_bin_and_the_figures() -> None:
    found = score([tally(2, 0.25, 6, 2), tally(7, 0.75, 1, 3)])
    drawn = ElementTree.fromstring(calibration(found, "Forecasts <of> all"))
    space = "{http://www.w3.org/2000/svg}"
    dots = drawn.findall(f"{space}circle/{space}title")
    assert [dot.text for dot in dots] == [
        "forecast 25%, came 25%, of 8",
        "forecast 75%, came 75%, of 4",
    ]
    said = [text.text for text in drawn.iter(f"{space}text")]
    assert "0.188" in said
    assert "Forecasts <of> all" in said


def test_the_picture_of_nothing_says_so() -> None:
    assert "No forecast has come out yet." in calibration(score([]), "Forecasts")
