"""Brier score and calibration, computed by hand; the chart shows the same figures."""

from xml.etree import ElementTree

import pytest

from sla.forecasts.chart import render_calibration_svg
from sla.forecasts.domain.score import Tally, compute_score


def tally(bin: int, probability: float, met: int, breached: int) -> Tally:
    count = met + breached
    squares = met * probability**2 + breached * (1 - probability) ** 2
    return Tally(bin, count, count * probability, breached, squares)


def test_a_score_worked_out_by_hand() -> None:
    """8 forecasts of 0.25, of which 2 broke; 4 of 0.75, of which 3 did: calibrated to the point.
    Brier: (6 * .0625 + 2 * .5625 + 3 * .0625 + 1 * .5625) / 12 = 0.1875. The usual share is 5/12, so
    the reference is 35/144 and the skill 1 - 0.1875 / (35/144) = 8/35."""
    found = compute_score([tally(2, 0.25, 6, 2), tally(7, 0.75, 1, 3)])
    assert (found.forecasts, found.breached) == (12, 5)
    assert found.brier == pytest.approx(0.1875)
    assert found.skill == pytest.approx(8 / 35)
    assert found.reliability == pytest.approx(0)


def test_a_prophet_and_a_coin() -> None:
    prophet = compute_score([tally(0, 0.0, 7, 0), tally(9, 1.0, 0, 5)])
    assert (prophet.brier, prophet.skill) == (0, 1)
    coin = compute_score([tally(5, 0.5, 5, 5)])
    assert (coin.brier, coin.skill) == (0.25, 0)
    overconfident = compute_score([tally(9, 1.0, 5, 5)])
    assert (overconfident.brier, overconfident.reliability) == (0.5, 0.25)


def test_nothing_to_divide_by() -> None:
    assert compute_score([]).brier is None
    assert compute_score([tally(0, 0.1, 9, 0)]).skill is None
    # Taken back by a reopening: as if it had never been.
    assert compute_score([tally(3, 0.3, 1, 0), Tally(3, -1, -0.3, 0, -0.09)]).bins == ()


def test_tallies_of_one_bin_are_added_up() -> None:
    (one,) = compute_score([tally(2, 0.2, 3, 1), tally(2, 0.28, 4, 0)]).bins
    assert (one.forecasts, one.breached) == (8, 1)
    assert one.mean_forecast == pytest.approx(0.24)
    low, high = one.interval
    assert 0 <= low < one.observed < high <= 1


def test_the_picture_shows_each_bin_and_the_figures() -> None:
    found = compute_score([tally(2, 0.25, 6, 2), tally(7, 0.75, 1, 3)])
    svg = ElementTree.fromstring(render_calibration_svg(found, "Forecasts <of> all"))
    space = "{http://www.w3.org/2000/svg}"
    dots = svg.findall(f"{space}circle/{space}title")
    assert [dot.text for dot in dots] == [
        "forecast 25%, came 25%, of 8",
        "forecast 75%, came 75%, of 4",
    ]
    texts = [text.text for text in svg.iter(f"{space}text")]
    assert "0.188" in texts
    assert "Forecasts <of> all" in texts


def test_the_picture_of_nothing_says_so() -> None:
    assert "No forecast has come out yet." in render_calibration_svg(compute_score([]), "Forecasts")
